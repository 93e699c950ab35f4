-- additive: servers that do not know this migration may run beside it
-- CreateTable
CREATE TABLE "ServedCheckpoint" (
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "size" INTEGER NOT NULL,
    "root" TEXT COLLATE "C" NOT NULL,
    "checkpoint" TEXT COLLATE "C" NOT NULL,
    "signedAt" TIMESTAMP(3) NOT NULL,
    "cosignatures" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "ServedCheckpoint_pkey" PRIMARY KEY ("instanceId")
);

-- CreateTable
CREATE TABLE "LogWitness" (
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "witness" TEXT COLLATE "C" NOT NULL,
    "size" INTEGER NOT NULL,
    "root" TEXT COLLATE "C" NOT NULL,
    "cosignature" TEXT COLLATE "C" NOT NULL,
    "cosignedAt" TIMESTAMP(3),
    "failure" TEXT COLLATE "C",
    "failureDetail" TEXT COLLATE "C" NOT NULL,
    "failures" INTEGER NOT NULL,
    "behindSince" TIMESTAMP(3),
    "nextAttemptAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "LogWitness_pkey" PRIMARY KEY ("instanceId","witness")
);

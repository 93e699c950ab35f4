-- additive: servers that do not know this migration may run beside it
-- CreateTable
CREATE TABLE "ServedCheckpoint" (
    "instanceId" TEXT NOT NULL PRIMARY KEY,
    "size" INTEGER NOT NULL,
    "root" TEXT NOT NULL,
    "checkpoint" TEXT NOT NULL,
    "signedAt" DATETIME NOT NULL,
    "cosignatures" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "LogWitness" (
    "instanceId" TEXT NOT NULL,
    "witness" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "root" TEXT NOT NULL,
    "cosignature" TEXT NOT NULL,
    "cosignedAt" DATETIME,
    "failure" TEXT,
    "failureDetail" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "behindSince" DATETIME,
    "nextAttemptAt" DATETIME NOT NULL,

    PRIMARY KEY ("instanceId", "witness")
);

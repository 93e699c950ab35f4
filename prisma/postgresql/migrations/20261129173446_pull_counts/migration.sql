-- additive: servers that do not know this migration may run beside it
-- AlterTable
ALTER TABLE "Robot" ADD COLUMN     "arePullsCounted" BOOLEAN NOT NULL DEFAULT true;

-- AlterTable
ALTER TABLE "User" ADD COLUMN     "arePullsCounted" BOOLEAN NOT NULL DEFAULT true;

-- CreateTable
CREATE TABLE "RepositoryPulls" (
    "repositoryId" TEXT COLLATE "C" NOT NULL,
    "pulls" BIGINT NOT NULL,
    "lastPulledAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "RepositoryPulls_pkey" PRIMARY KEY ("repositoryId")
);

-- CreateTable
CREATE TABLE "TagPulls" (
    "repositoryId" TEXT COLLATE "C" NOT NULL,
    "tag" TEXT COLLATE "C" NOT NULL,
    "pulls" BIGINT NOT NULL,
    "lastPulledAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "TagPulls_pkey" PRIMARY KEY ("repositoryId","tag")
);

-- CreateTable
CREATE TABLE "RepositoryDay" (
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "day" TEXT COLLATE "C" NOT NULL,
    "repositoryId" TEXT COLLATE "C" NOT NULL,
    "pulls" INTEGER NOT NULL DEFAULT 0,
    "pushes" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "RepositoryDay_pkey" PRIMARY KEY ("instanceId","day","repositoryId")
);

-- CreateTable
CREATE TABLE "InstanceDay" (
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "day" TEXT COLLATE "C" NOT NULL,
    "pulls" INTEGER NOT NULL DEFAULT 0,
    "pushes" INTEGER NOT NULL DEFAULT 0,
    "refusals" INTEGER NOT NULL DEFAULT 0,
    "storageBytes" BIGINT,
    "reclaimableBytes" BIGINT,
    "reclaimableAt" TIMESTAMP(3),

    CONSTRAINT "InstanceDay_pkey" PRIMARY KEY ("instanceId","day")
);

-- CreateIndex
CREATE INDEX "RepositoryDay_repositoryId_day_idx" ON "RepositoryDay"("repositoryId", "day");

-- CreateIndex
CREATE INDEX "RepositoryDay_day_idx" ON "RepositoryDay"("day");

-- CreateIndex
CREATE INDEX "InstanceDay_day_idx" ON "InstanceDay"("day");

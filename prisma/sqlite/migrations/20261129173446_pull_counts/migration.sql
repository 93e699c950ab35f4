-- additive: servers that do not know this migration may run beside it
-- AlterTable
ALTER TABLE "Robot" ADD COLUMN "arePullsCounted" BOOLEAN NOT NULL DEFAULT true;

-- AlterTable
ALTER TABLE "User" ADD COLUMN "arePullsCounted" BOOLEAN NOT NULL DEFAULT true;

-- CreateTable
CREATE TABLE "RepositoryPulls" (
    "repositoryId" TEXT NOT NULL PRIMARY KEY,
    "pulls" BIGINT NOT NULL,
    "lastPulledAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "TagPulls" (
    "repositoryId" TEXT NOT NULL,
    "tag" TEXT NOT NULL,
    "pulls" BIGINT NOT NULL,
    "lastPulledAt" DATETIME NOT NULL,

    PRIMARY KEY ("repositoryId", "tag")
);

-- CreateTable
CREATE TABLE "RepositoryDay" (
    "instanceId" TEXT NOT NULL,
    "day" TEXT NOT NULL,
    "repositoryId" TEXT NOT NULL,
    "pulls" INTEGER NOT NULL DEFAULT 0,
    "pushes" INTEGER NOT NULL DEFAULT 0,

    PRIMARY KEY ("instanceId", "day", "repositoryId")
);

-- CreateTable
CREATE TABLE "InstanceDay" (
    "instanceId" TEXT NOT NULL,
    "day" TEXT NOT NULL,
    "pulls" INTEGER NOT NULL DEFAULT 0,
    "pushes" INTEGER NOT NULL DEFAULT 0,
    "refusals" INTEGER NOT NULL DEFAULT 0,
    "storageBytes" BIGINT,
    "reclaimableBytes" BIGINT,
    "reclaimableAt" DATETIME,

    PRIMARY KEY ("instanceId", "day")
);

-- CreateIndex
CREATE INDEX "RepositoryDay_repositoryId_day_idx" ON "RepositoryDay"("repositoryId", "day");

-- CreateIndex
CREATE INDEX "RepositoryDay_day_idx" ON "RepositoryDay"("day");

-- CreateIndex
CREATE INDEX "InstanceDay_day_idx" ON "InstanceDay"("day");

-- additive: servers that do not know this migration may run beside it
-- AlterTable
ALTER TABLE "Instance" ADD COLUMN "isLogPublic" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "OutboxReader" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "version" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "gaps" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "TransparencyLog" (
    "instanceId" TEXT NOT NULL PRIMARY KEY,
    "origin" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "root" TEXT NOT NULL,
    "checkpoint" TEXT NOT NULL,
    "signedWith" TEXT NOT NULL,
    "signedAt" DATETIME NOT NULL,
    "phase" TEXT NOT NULL,
    "historyEnd" INTEGER NOT NULL,
    "outboxEnd" INTEGER NOT NULL,
    "horizon" TEXT NOT NULL,
    "cursor" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "TransparencyLeaf" (
    "instanceId" TEXT NOT NULL,
    "leafIndex" INTEGER NOT NULL,
    "repository" TEXT NOT NULL,
    "tag" TEXT NOT NULL,
    "entry" TEXT NOT NULL,

    PRIMARY KEY ("instanceId", "leafIndex")
);

-- CreateTable
CREATE TABLE "TransparencyTile" (
    "instanceId" TEXT NOT NULL,
    "level" INTEGER NOT NULL,
    "tileIndex" INTEGER NOT NULL,
    "hashes" BLOB NOT NULL,

    PRIMARY KEY ("instanceId", "level", "tileIndex")
);

-- CreateIndex
CREATE INDEX "TransparencyLeaf_instanceId_repository_tag_leafIndex_idx" ON "TransparencyLeaf"("instanceId", "repository", "tag", "leafIndex");

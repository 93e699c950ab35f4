-- additive: servers that do not know this migration may run beside it
-- AlterTable
ALTER TABLE "Instance" ADD COLUMN     "isLogPublic" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "OutboxReader" (
    "name" TEXT COLLATE "C" NOT NULL,
    "version" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "gaps" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "OutboxReader_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "TransparencyLog" (
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "origin" TEXT COLLATE "C" NOT NULL,
    "size" INTEGER NOT NULL,
    "root" TEXT COLLATE "C" NOT NULL,
    "checkpoint" TEXT COLLATE "C" NOT NULL,
    "signedWith" TEXT COLLATE "C" NOT NULL,
    "signedAt" TIMESTAMP(3) NOT NULL,
    "phase" TEXT COLLATE "C" NOT NULL,
    "historyEnd" INTEGER NOT NULL,
    "outboxEnd" INTEGER NOT NULL,
    "horizon" TEXT COLLATE "C" NOT NULL,
    "cursor" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "TransparencyLog_pkey" PRIMARY KEY ("instanceId")
);

-- CreateTable
CREATE TABLE "TransparencyLeaf" (
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "leafIndex" INTEGER NOT NULL,
    "repository" TEXT COLLATE "C" NOT NULL,
    "tag" TEXT COLLATE "C" NOT NULL,
    "entry" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "TransparencyLeaf_pkey" PRIMARY KEY ("instanceId","leafIndex")
);

-- CreateTable
CREATE TABLE "TransparencyTile" (
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "level" INTEGER NOT NULL,
    "tileIndex" INTEGER NOT NULL,
    "hashes" BYTEA NOT NULL,

    CONSTRAINT "TransparencyTile_pkey" PRIMARY KEY ("instanceId","level","tileIndex")
);

-- CreateIndex
CREATE INDEX "TransparencyLeaf_instanceId_repository_tag_leafIndex_idx" ON "TransparencyLeaf"("instanceId", "repository", "tag", "leafIndex");

-- An administrator can open a protected tag for a time; the ledger records the opening and its end.

-- CreateEnum
CREATE TYPE "OpeningEnd" AS ENUM ('HAND', 'TIME', 'CLOCK');

-- AlterEnum
ALTER TYPE "TagEventKind" ADD VALUE 'OPENED';
ALTER TYPE "TagEventKind" ADD VALUE 'CLOSED';

-- CreateTable
CREATE TABLE "TagOpening" (
    "id" TEXT COLLATE "C" NOT NULL,
    "repositoryId" TEXT COLLATE "C" NOT NULL,
    "tag" TEXT COLLATE "C" NOT NULL,
    "reason" TEXT COLLATE "C" NOT NULL,
    "opensAt" TIMESTAMP(3) NOT NULL,
    "closesAt" TIMESTAMP(3) NOT NULL,
    "openedBy" TEXT COLLATE "C" NOT NULL,
    "seenAt" TIMESTAMP(3) NOT NULL,
    "moveCount" INTEGER NOT NULL DEFAULT 0,
    "closedAt" TIMESTAMP(3),
    "closedBy" TEXT COLLATE "C",
    "closedHow" "OpeningEnd",

    CONSTRAINT "TagOpening_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "TagOpening_repositoryId_tag_closedAt_idx" ON "TagOpening"("repositoryId", "tag", "closedAt");

-- CreateIndex
CREATE INDEX "TagOpening_repositoryId_opensAt_id_idx" ON "TagOpening"("repositoryId", "opensAt", "id");

-- CreateIndex
CREATE INDEX "TagOpening_closedAt_idx" ON "TagOpening"("closedAt");

-- AddForeignKey
ALTER TABLE "TagOpening" ADD CONSTRAINT "TagOpening_repositoryId_fkey" FOREIGN KEY ("repositoryId") REFERENCES "Repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- An administrator can open a protected tag for a time; the ledger records the opening and its end.

-- CreateTable
CREATE TABLE "TagOpening" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "repositoryId" TEXT NOT NULL,
    "tag" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "opensAt" DATETIME NOT NULL,
    "closesAt" DATETIME NOT NULL,
    "openedBy" TEXT NOT NULL,
    "seenAt" DATETIME NOT NULL,
    "moveCount" INTEGER NOT NULL DEFAULT 0,
    "closedAt" DATETIME,
    "closedBy" TEXT,
    "closedHow" TEXT,
    CONSTRAINT "TagOpening_repositoryId_fkey" FOREIGN KEY ("repositoryId") REFERENCES "Repository" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "TagOpening_repositoryId_tag_closedAt_idx" ON "TagOpening"("repositoryId", "tag", "closedAt");

-- CreateIndex
CREATE INDEX "TagOpening_repositoryId_opensAt_id_idx" ON "TagOpening"("repositoryId", "opensAt", "id");

-- CreateIndex
CREATE INDEX "TagOpening_closedAt_idx" ON "TagOpening"("closedAt");

-- CreateTable
CREATE TABLE "ImmutabilityChange" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "instanceId" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "policy" TEXT NOT NULL,
    "selection" TEXT NOT NULL,
    "reason" TEXT,
    "actorId" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "credential" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "userAgent" TEXT NOT NULL,
    "counts" TEXT NOT NULL,
    "failures" TEXT NOT NULL DEFAULT '[]',
    "position" TEXT NOT NULL DEFAULT '',
    "failure" TEXT,
    "startedAt" DATETIME NOT NULL,
    "movedAt" DATETIME NOT NULL,
    "endedAt" DATETIME,
    CONSTRAINT "ImmutabilityChange_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "ImmutabilityChange_instanceId_startedAt_id_idx" ON "ImmutabilityChange"("instanceId", "startedAt", "id");

-- CreateIndex
CREATE INDEX "ImmutabilityChange_state_idx" ON "ImmutabilityChange"("state");

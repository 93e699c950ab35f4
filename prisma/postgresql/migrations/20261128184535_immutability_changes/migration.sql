-- CreateTable
CREATE TABLE "ImmutabilityChange" (
    "id" TEXT COLLATE "C" NOT NULL,
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "state" "MaintenanceState" NOT NULL,
    "policy" TEXT COLLATE "C" NOT NULL,
    "selection" TEXT COLLATE "C" NOT NULL,
    "reason" TEXT COLLATE "C",
    "actorId" TEXT COLLATE "C" NOT NULL,
    "actor" TEXT COLLATE "C" NOT NULL,
    "credential" TEXT COLLATE "C" NOT NULL,
    "address" TEXT COLLATE "C" NOT NULL,
    "userAgent" TEXT COLLATE "C" NOT NULL,
    "counts" TEXT COLLATE "C" NOT NULL,
    "failures" TEXT COLLATE "C" NOT NULL DEFAULT '[]',
    "position" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "failure" TEXT COLLATE "C",
    "startedAt" TIMESTAMP(3) NOT NULL,
    "movedAt" TIMESTAMP(3) NOT NULL,
    "endedAt" TIMESTAMP(3),

    CONSTRAINT "ImmutabilityChange_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "ImmutabilityChange_instanceId_startedAt_id_idx" ON "ImmutabilityChange"("instanceId", "startedAt", "id");

-- CreateIndex
CREATE INDEX "ImmutabilityChange_state_idx" ON "ImmutabilityChange"("state");

-- AddForeignKey
ALTER TABLE "ImmutabilityChange" ADD CONSTRAINT "ImmutabilityChange_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- additive: servers that do not know this migration may run beside it
-- AlterTable
ALTER TABLE "TransparencyLog" ADD COLUMN "stalled" TEXT NOT NULL DEFAULT '';

-- CreateTable
CREATE TABLE "TransparencyHeld" (
    "instanceId" TEXT NOT NULL,
    "outboxEventId" INTEGER NOT NULL,

    PRIMARY KEY ("instanceId", "outboxEventId")
);

-- CreateIndex
CREATE INDEX "TransparencyHeld_outboxEventId_idx" ON "TransparencyHeld"("outboxEventId");

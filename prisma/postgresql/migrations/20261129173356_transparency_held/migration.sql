-- additive: servers that do not know this migration may run beside it
-- AlterTable
ALTER TABLE "TransparencyLog" ADD COLUMN     "stalled" TEXT COLLATE "C" NOT NULL DEFAULT '';

-- CreateTable
CREATE TABLE "TransparencyHeld" (
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "outboxEventId" INTEGER NOT NULL,

    CONSTRAINT "TransparencyHeld_pkey" PRIMARY KEY ("instanceId","outboxEventId")
);

-- CreateIndex
CREATE INDEX "TransparencyHeld_outboxEventId_idx" ON "TransparencyHeld"("outboxEventId");

-- additive: servers that do not know this migration may run beside it
-- AlterTable
ALTER TABLE "Robot" ADD COLUMN     "sealedSecret" TEXT COLLATE "C";

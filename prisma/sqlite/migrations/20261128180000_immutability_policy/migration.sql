-- A checkbox becomes a policy: a mode with exempt tags. Ticked means mode `enforce` with `latest` exempt. A namespace whose
-- default was not ticked takes the default of its instance, which is off.

-- AlterTable
ALTER TABLE "Instance" ADD COLUMN "defaultImmutabilityMode" TEXT NOT NULL DEFAULT 'off';
ALTER TABLE "Instance" ADD COLUMN "defaultExemptTags" TEXT NOT NULL DEFAULT 'latest';

-- AlterTable
ALTER TABLE "Namespace" ADD COLUMN "defaultImmutabilityMode" TEXT;
ALTER TABLE "Namespace" ADD COLUMN "defaultExemptTags" TEXT;
UPDATE "Namespace" SET "defaultImmutabilityMode" = 'enforce', "defaultExemptTags" = 'latest' WHERE "defaultTagImmutability";
ALTER TABLE "Namespace" DROP COLUMN "defaultTagImmutability";

-- AlterTable
ALTER TABLE "Repository" ADD COLUMN "immutabilityMode" TEXT NOT NULL DEFAULT 'off';
ALTER TABLE "Repository" ADD COLUMN "exemptTags" TEXT NOT NULL DEFAULT 'latest';
ALTER TABLE "Repository" ADD COLUMN "immutabilitySource" TEXT NOT NULL DEFAULT 'repository';
UPDATE "Repository" SET "immutabilityMode" = 'enforce' WHERE "tagImmutability";
ALTER TABLE "Repository" DROP COLUMN "tagImmutability";

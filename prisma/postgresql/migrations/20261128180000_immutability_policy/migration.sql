-- A checkbox becomes a policy: a mode with exempt tags. Ticked means mode `enforce` with `latest` exempt. A namespace whose
-- default was not ticked takes the default of its instance, which is off.

-- CreateEnum
CREATE TYPE "ImmutabilityMode" AS ENUM ('off', 'audit', 'enforce');

-- AlterEnum
ALTER TYPE "TagEventKind" ADD VALUE 'WOULD_BE_REFUSED';
ALTER TYPE "TagEventKind" ADD VALUE 'RELEASED';
ALTER TYPE "TagEventKind" ADD VALUE 'RESTORED';

-- AlterTable
ALTER TABLE "Instance" ADD COLUMN "defaultImmutabilityMode" "ImmutabilityMode" NOT NULL DEFAULT 'off',
ADD COLUMN "defaultExemptTags" TEXT COLLATE "C" NOT NULL DEFAULT 'latest';

-- AlterTable
ALTER TABLE "Namespace" ADD COLUMN "defaultImmutabilityMode" "ImmutabilityMode",
ADD COLUMN "defaultExemptTags" TEXT COLLATE "C";
UPDATE "Namespace" SET "defaultImmutabilityMode" = 'enforce', "defaultExemptTags" = 'latest' WHERE "defaultTagImmutability";
ALTER TABLE "Namespace" DROP COLUMN "defaultTagImmutability";

-- AlterTable
ALTER TABLE "Repository" ADD COLUMN "immutabilityMode" "ImmutabilityMode" NOT NULL DEFAULT 'off',
ADD COLUMN "exemptTags" TEXT COLLATE "C" NOT NULL DEFAULT 'latest',
ADD COLUMN "immutabilitySource" TEXT COLLATE "C" NOT NULL DEFAULT 'repository';
UPDATE "Repository" SET "immutabilityMode" = 'enforce' WHERE "tagImmutability";
ALTER TABLE "Repository" DROP COLUMN "tagImmutability";

-- What lists of tags are sorted and filtered by. Stele fills "versionKey" and "isTechnical" of the tags that exist, in the
-- transaction of this migration (lib/metadata/engine/fill-tags.ts): no SQL of both databases can say them.

-- AlterTable
ALTER TABLE "Tag" ADD COLUMN "sizeBytes" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "Tag" ADD COLUMN "versionKey" TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE "Tag" ADD COLUMN "kind" TEXT COLLATE "C" NOT NULL DEFAULT 'image';
ALTER TABLE "Tag" ADD COLUMN "isTechnical" BOOLEAN NOT NULL DEFAULT false;
UPDATE "Tag" SET ("sizeBytes", "kind") = (
  SELECT m."totalSizeBytes", CASE
    WHEN m."artifactType" = 'application/vnd.cncf.helm.config.v1+json' THEN 'helmChart'
    WHEN m."artifactType" IS NULL
      OR m."artifactType" IN ('application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json')
      THEN 'image'
    ELSE 'artifact' END
  FROM "Manifest" m WHERE m."repositoryId" = "Tag"."repositoryId" AND m."digest" = "Tag"."digest");

-- DropIndex
DROP INDEX "Tag_repositoryId_updatedAt_name_idx";

-- CreateIndex
CREATE INDEX "Tag_repositoryId_updatedAt_name_isTechnical_idx" ON "Tag"("repositoryId", "updatedAt", "name", "isTechnical");
CREATE INDEX "Tag_repositoryId_versionKey_name_isTechnical_idx" ON "Tag"("repositoryId", "versionKey", "name", "isTechnical");
CREATE INDEX "Tag_repositoryId_sizeBytes_name_isTechnical_idx" ON "Tag"("repositoryId", "sizeBytes", "name", "isTechnical");

-- The orders of repositories; and indexes that leave out what nobody looks for in them, so that a push of a new
-- tag writes to two indexes fewer.

-- DropIndex
DROP INDEX "Manifest_repositoryId_subjectDigest_digest_idx";

-- DropIndex
DROP INDEX "TagEvent_repositoryId_currentDigest_kind_createdAt_idx";

-- CreateIndex
CREATE INDEX "Repository_instanceId_name_path_idx" ON "Repository"("instanceId", "name", "path");

-- CreateIndex
CREATE INDEX "Repository_instanceId_createdAt_path_idx" ON "Repository"("instanceId", "createdAt", "path");

-- CreateIndex
CREATE INDEX "Repository_instanceId_updatedAt_path_idx" ON "Repository"("instanceId", "updatedAt", "path");

-- CreateIndex
CREATE INDEX "Manifest_repositoryId_subjectDigest_digest_idx" ON "Manifest"("repositoryId", "subjectDigest", "digest") WHERE "subjectDigest" IS NOT NULL;

-- CreateIndex
CREATE INDEX "TagEvent_repositoryId_currentDigest_kind_createdAt_idx" ON "TagEvent"("repositoryId", "currentDigest", "kind", "createdAt") WHERE "currentDigest" IS NOT NULL;

-- CreateIndex
CREATE INDEX "Tag_repositoryId_kind_name_idx" ON "Tag"("repositoryId", "kind", "name") WHERE "kind" <> 'image';

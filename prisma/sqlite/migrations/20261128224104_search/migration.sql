-- Search looks for tags by name and for manifests by digest in all repositories at once.

-- CreateIndex
CREATE INDEX "Manifest_digest_repositoryId_idx" ON "Manifest"("digest", "repositoryId");

-- CreateIndex
CREATE INDEX "Tag_name_repositoryId_idx" ON "Tag"("name", "repositoryId");

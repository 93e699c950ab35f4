-- CreateTable
CREATE TABLE "BucketOwner" (
    "id" TEXT NOT NULL PRIMARY KEY
);

-- CreateTable
CREATE TABLE "StoredObject" (
    "digest" TEXT NOT NULL PRIMARY KEY,
    "key" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "publishedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "DroppedObject" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "digest" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "isCorrupt" BOOLEAN NOT NULL,
    "droppedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "StoredUpload" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "algorithm" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "multipartKey" TEXT,
    "multipartId" TEXT,
    "nextPart" INTEGER NOT NULL,
    "tailKey" TEXT,
    "tailBytes" BIGINT NOT NULL,
    "tailSha256" TEXT,
    "changedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "StoredPart" (
    "uploadId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "etag" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,

    PRIMARY KEY ("uploadId", "number"),
    CONSTRAINT "StoredPart_uploadId_fkey" FOREIGN KEY ("uploadId") REFERENCES "StoredUpload" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "StoredObject_key_key" ON "StoredObject"("key");

-- CreateIndex
CREATE INDEX "DroppedObject_isCorrupt_droppedAt_key_idx" ON "DroppedObject"("isCorrupt", "droppedAt", "key");

-- CreateIndex
CREATE INDEX "StoredUpload_multipartKey_idx" ON "StoredUpload"("multipartKey");

-- CreateIndex
CREATE INDEX "StoredUpload_tailKey_idx" ON "StoredUpload"("tailKey");

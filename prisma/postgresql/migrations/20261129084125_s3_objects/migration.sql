-- CreateTable
CREATE TABLE "BucketOwner" (
    "id" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "BucketOwner_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StoredObject" (
    "digest" TEXT COLLATE "C" NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "publishedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "StoredObject_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "DroppedObject" (
    "key" TEXT COLLATE "C" NOT NULL,
    "digest" TEXT COLLATE "C" NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "isCorrupt" BOOLEAN NOT NULL,
    "droppedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "DroppedObject_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "StoredUpload" (
    "id" TEXT COLLATE "C" NOT NULL,
    "algorithm" TEXT COLLATE "C" NOT NULL,
    "version" INTEGER NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "multipartKey" TEXT COLLATE "C",
    "multipartId" TEXT COLLATE "C",
    "nextPart" INTEGER NOT NULL,
    "tailKey" TEXT COLLATE "C",
    "tailBytes" BIGINT NOT NULL,
    "tailSha256" TEXT COLLATE "C",
    "changedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "StoredUpload_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StoredPart" (
    "uploadId" TEXT COLLATE "C" NOT NULL,
    "number" INTEGER NOT NULL,
    "etag" TEXT COLLATE "C" NOT NULL,
    "sizeBytes" BIGINT NOT NULL,

    CONSTRAINT "StoredPart_pkey" PRIMARY KEY ("uploadId","number")
);

-- CreateIndex
CREATE UNIQUE INDEX "StoredObject_key_key" ON "StoredObject"("key");

-- CreateIndex
CREATE INDEX "DroppedObject_isCorrupt_droppedAt_key_idx" ON "DroppedObject"("isCorrupt", "droppedAt", "key");

-- CreateIndex
CREATE INDEX "StoredUpload_multipartKey_idx" ON "StoredUpload"("multipartKey");

-- CreateIndex
CREATE INDEX "StoredUpload_tailKey_idx" ON "StoredUpload"("tailKey");

-- AddForeignKey
ALTER TABLE "StoredPart" ADD CONSTRAINT "StoredPart_uploadId_fkey" FOREIGN KEY ("uploadId") REFERENCES "StoredUpload"("id") ON DELETE CASCADE ON UPDATE CASCADE;

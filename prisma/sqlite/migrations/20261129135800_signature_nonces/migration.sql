-- additive: servers that do not know this migration may run beside it
-- CreateTable
CREATE TABLE "SignatureNonce" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "createdAt" DATETIME NOT NULL
);

-- CreateIndex
CREATE INDEX "SignatureNonce_createdAt_idx" ON "SignatureNonce"("createdAt");

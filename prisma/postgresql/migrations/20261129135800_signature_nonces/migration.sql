-- additive: servers that do not know this migration may run beside it
-- CreateTable
CREATE TABLE "SignatureNonce" (
    "id" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "SignatureNonce_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "SignatureNonce_createdAt_idx" ON "SignatureNonce"("createdAt");

-- CreateTable
CREATE TABLE "SealedKey" (
    "name" TEXT COLLATE "C" NOT NULL,
    "version" INTEGER NOT NULL,
    "sealedWith" TEXT COLLATE "C" NOT NULL,
    "sealed" TEXT COLLATE "C" NOT NULL,
    "changedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "SealedKey_pkey" PRIMARY KEY ("name")
);

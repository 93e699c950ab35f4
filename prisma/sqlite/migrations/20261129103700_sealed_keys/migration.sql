-- CreateTable
CREATE TABLE "SealedKey" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "version" INTEGER NOT NULL,
    "sealedWith" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "changedAt" DATETIME NOT NULL
);

-- The deletion of a repository can have a reason; deletions that are under way have none.

-- AlterTable
ALTER TABLE "RepositoryDeletion" ADD COLUMN "reason" TEXT COLLATE "C";

import type { Digest } from '@/lib/domain/digest'
import type { Source, SqlSource, SqlTransaction } from './engine/database'

/** An upload whose bytes are stored under their digest, but not linked to its repository yet. */
export interface FinishedUpload {
  readonly id: string
  readonly repositoryId: string
  readonly digest: Digest
  readonly sizeBytes: number
}

/** Opens an upload in a repository, which the transaction has locked. */
export async function insertUpload(
  tx: SqlTransaction,
  upload: { readonly id: string; readonly repositoryId: string; readonly createdBy: string; readonly now: Date },
): Promise<void> {
  await tx.$send`
    INSERT INTO "Upload" ("id", "repositoryId", "createdBy", "createdAt")
    VALUES (${upload.id}, ${upload.repositoryId}, ${upload.createdBy}, ${upload.now})`
}

/** Whether the repository has this upload open. */
export async function hasUpload(source: SqlSource, repositoryId: string, id: string): Promise<boolean> {
  const rows = await source.read.$queryRaw<unknown[]>`
    SELECT "id" FROM "Upload" WHERE "id" = ${id} AND "repositoryId" = ${repositoryId}`
  return rows.length > 0
}

/** Closes an upload; returns whether it was open. */
export async function deleteUpload(tx: SqlTransaction, repositoryId: string, id: string): Promise<boolean> {
  const count = await tx.$executeRaw`DELETE FROM "Upload" WHERE "id" = ${id} AND "repositoryId" = ${repositoryId}`
  return count > 0
}

/** Closes an upload, if it is open. */
export async function closeUpload(tx: SqlTransaction, repositoryId: string, id: string): Promise<void> {
  await tx.$send`DELETE FROM "Upload" WHERE "id" = ${id} AND "repositoryId" = ${repositoryId}`
}

/** How many uploads are started and neither finished nor dropped, in all repositories. */
export async function countUploads(db: Source): Promise<number> {
  return db.prisma.upload.count()
}

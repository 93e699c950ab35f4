import { type Db, type Transaction, preparedReads } from './database'

/** Opens an upload in a repository. */
export async function createUpload(
  db: Db,
  upload: { readonly id: string; readonly repositoryId: string; readonly createdBy: string },
): Promise<void> {
  await db.upload.create({ data: upload })
}

/** Whether the repository has this upload open. */
export async function hasUpload(db: Db, repositoryId: string, id: string): Promise<boolean> {
  const reads = preparedReads(db)
  const row = reads
    ? reads.upload(id, repositoryId)
    : await db.upload.findUnique({ where: { id, repositoryId }, select: { id: true } })
  return row !== null
}

/** Closes an upload; answers whether it was open. */
export async function deleteUpload(tx: Transaction | Db, repositoryId: string, id: string): Promise<boolean> {
  const { count } = await tx.upload.deleteMany({ where: { id, repositoryId } })
  return count > 0
}

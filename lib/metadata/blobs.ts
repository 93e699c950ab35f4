import { batchesOf } from './batches'
import { Prisma } from './generated/sqlite/client'
import { type Db, type Transaction, preparedReads } from './database'

/** Whether the repository may serve the blob: links are how access to bytes is decided. */
export async function isBlobLinked(db: Db, repositoryId: string, digest: string): Promise<boolean> {
  const reads = preparedReads(db)
  const link = reads
    ? reads.blobLink(repositoryId, digest)
    : await db.repositoryBlob.findUnique({
        where: { repositoryId_digest: { repositoryId, digest } },
        select: { digest: true },
      })
  return link !== null
}

/** Whether any repository of the instance may serve the blob. */
export async function isBlobLinkedInInstance(db: Db, instanceId: string, digest: string): Promise<boolean> {
  const link = await db.repositoryBlob.findFirst({
    where: { digest, repository: { instanceId } },
    select: { digest: true },
  })
  return link !== null
}

/** Those of `digests` that the repository does not link to. */
export async function listUnlinkedBlobs(db: Db, repositoryId: string, digests: readonly string[]): Promise<string[]> {
  const linked = new Set<string>()
  for (const batch of batchesOf(digests)) {
    const rows = await db.$queryRaw<{ digest: string }[]>`
      SELECT "digest" FROM "RepositoryBlob"
      WHERE "repositoryId" = ${repositoryId} AND "digest" IN (${Prisma.join(batch)})`
    for (const row of rows) linked.add(row.digest)
  }
  return digests.filter((digest) => !linked.has(digest))
}

/** Records a blob whose bytes are in the store and links it to a repository. Repeating it changes nothing. */
export async function linkBlob(
  tx: Transaction,
  repositoryId: string,
  blob: { readonly digest: string; readonly sizeBytes: number },
): Promise<void> {
  const { digest, sizeBytes } = blob
  await tx.blob.upsert({ where: { digest }, create: { digest, sizeBytes }, update: {} })
  const key = { repositoryId, digest }
  await tx.repositoryBlob.upsert({ where: { repositoryId_digest: key }, create: key, update: {} })
}

/** Removes a repository's link to a blob; answers whether there was one. The bytes stay. */
export async function unlinkBlob(tx: Transaction, repositoryId: string, digest: string): Promise<boolean> {
  const { count } = await tx.repositoryBlob.deleteMany({ where: { repositoryId, digest } })
  return count > 0
}

import { lockManyLinks } from './blobs'
import { batchesOf } from './engine/batches'
import type { Database, SqlSource, SqlTransaction } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import type { Sql } from './engine/listing'

/**
 * What garbage collection reads and removes. It reads rows in pages, from the last commit and without a lock, and
 * decides again under the lock: nothing that it removes can have become needed meanwhile
 * (docs/decisions/0008-garbage-collection.md).
 */

/** A repository's link to a blob. */
export interface LinkKey {
  readonly repositoryId: string
  readonly digest: string
}

/** Rows of one page. Each is a few lookups in an index, and SQLite's reads block the process while they run. */
const pageSize = 500

/**
 * What counts as unneeded: not seen since `cutoff`; `foreseen`: manifests that the dry run plans to remove do not
 * count.
 */
interface Need {
  readonly cutoff: Date
  readonly foreseen: boolean
}

/**
 * The links after `after`, a page of them; `isUnneeded`: no manifest names the blob, and it was not seen since the
 * cutoff.
 */
export async function listLinks(
  source: SqlSource,
  after: LinkKey | null,
  need: Need,
): Promise<(LinkKey & { isUnneeded: boolean })[]> {
  const rows = await source.read.$queryRaw<(LinkKey & { unneeded: number })[]>`
    SELECT l."repositoryId", l."digest", CASE WHEN ${unneeded(need)} THEN 1 ELSE 0 END AS "unneeded"
    FROM "RepositoryBlob" l
    WHERE (l."repositoryId", l."digest") > (${after?.repositoryId ?? ''}, ${after?.digest ?? ''})
    ORDER BY l."repositoryId", l."digest" LIMIT ${pageSize}`
  return rows.map(({ repositoryId, digest, unneeded }) => ({
    repositoryId,
    digest,
    isUnneeded: unneeded === 1,
  }))
}

/** Removes a repository's links that are still unneeded; returns how many. Needs `lockRepositoryExclusively`. */
export async function removeLinks(
  tx: SqlTransaction,
  repositoryId: string,
  digests: readonly string[],
  cutoff: Date,
): Promise<number> {
  let count = 0
  await lockManyLinks(tx)
  for (const batch of batchesOf(digests)) {
    count += await tx.$executeRaw`
      DELETE FROM "RepositoryBlob" AS l
      WHERE l."repositoryId" = ${repositoryId} AND l."digest" IN (${Prisma.join(batch)})
        AND ${unneeded({ cutoff, foreseen: false })}`
  }
  return count
}

/** A blob's row. */
export interface BlobRow {
  readonly digest: string
  readonly sizeBytes: bigint
}

/**
 * The blobs after `after`, a page of them. `isGarbage`: no repository links to it, and it was not seen since the
 * cutoff. If foreseen, links that the dry run would remove do not count.
 */
export async function listBlobs(
  source: SqlSource,
  after: string | null,
  { cutoff, foreseen }: Need,
): Promise<(BlobRow & { isGarbage: boolean })[]> {
  const counting = foreseen ? Prisma.sql`AND NOT (${unneeded({ cutoff, foreseen })})` : Prisma.empty
  const rows = await source.read.$queryRaw<(BlobRow & { garbage: number })[]>`
    SELECT b."digest", b."sizeBytes", CASE WHEN b."seenAt" < ${cutoff} AND NOT EXISTS (
      SELECT 1 FROM "RepositoryBlob" l WHERE l."digest" = b."digest" ${counting}) THEN 1 ELSE 0 END AS "garbage"
    FROM "Blob" b WHERE b."digest" > ${after ?? ''} ORDER BY b."digest" LIMIT ${pageSize}`
  return rows.map(({ digest, sizeBytes, garbage }) => ({ digest, sizeBytes, isGarbage: garbage === 1 }))
}

/**
 * Removes the rows of those `digests` that are still garbage; returns them. A transaction that links to one of them
 * waits until this one ends.
 */
export async function removeBlobs(tx: SqlTransaction, digests: readonly string[], cutoff: Date): Promise<BlobRow[]> {
  await lockBlobs(tx, digests)
  // Not in the locking statement: this one sees the links that were made while that waited.
  const rows = await tx.$queryRaw<{ digest: string; sizeBytes: bigint | number }[]>`
    DELETE FROM "Blob"
    WHERE "digest" IN (${Prisma.join(digests)}) AND "seenAt" < ${cutoff}
      AND NOT EXISTS (SELECT 1 FROM "RepositoryBlob" l WHERE l."digest" = "Blob"."digest")
    RETURNING "digest", "sizeBytes"`
  return rows.map(({ digest, sizeBytes }) => ({ digest, sizeBytes: BigInt(sizeBytes) }))
}

/** Locks the rows of blobs until the transaction ends; returns which of `digests` have one. */
export async function lockBlobs(tx: SqlTransaction, digests: readonly string[]): Promise<ReadonlySet<string>> {
  await holdThroughPauses(tx)
  const lock = tx.provider === 'sqlite' ? Prisma.empty : Prisma.sql`FOR UPDATE`
  const rows = await tx.$queryRaw<{ digest: string }[]>`
    SELECT "digest" FROM "Blob" WHERE "digest" IN (${Prisma.join(digests)}) ORDER BY "digest" ${lock}`
  return new Set(rows.map(({ digest }) => digest))
}

/** Those of `digests` that have no row. */
export async function listUnknownBlobs(source: SqlSource, digests: readonly string[]): Promise<ReadonlySet<string>> {
  const unknown = new Set(digests)
  for (const batch of batchesOf(digests)) {
    const rows = await source.read.$queryRaw<{ digest: string }[]>`
      SELECT "digest" FROM "Blob" WHERE "digest" IN (${Prisma.join(batch)})`
    for (const { digest } of rows) unknown.delete(digest)
  }
  return unknown
}

/**
 * Adds a row for each of `blobs` that has none; returns their digests. No other transaction can add these rows, so none
 * can link to the blobs before this one ends. `unclaimBlobs` removes the rows again.
 */
export async function claimBlobs(
  tx: SqlTransaction,
  blobs: readonly BlobRow[],
  now: Date,
): Promise<ReadonlySet<string>> {
  await holdThroughPauses(tx)
  const values = [...blobs]
    .sort((a, b) => (a.digest < b.digest ? -1 : 1))
    .map(({ digest, sizeBytes }) => Prisma.sql`(${digest}, ${sizeBytes}, ${now}, ${now})`)
  const rows = await tx.$queryRaw<{ digest: string }[]>`
    INSERT INTO "Blob" ("digest", "sizeBytes", "createdAt", "seenAt") VALUES ${Prisma.join(values)}
    ON CONFLICT ("digest") DO NOTHING RETURNING "digest"`
  return new Set(rows.map(({ digest }) => digest))
}

/**
 * Keeps PostgreSQL from ending the transaction while the process stands still. Bytes in a folder are deleted under its
 * locks: if these ended first, a push could count on bytes that are deleted when the process goes on.
 */
async function holdThroughPauses(tx: SqlTransaction): Promise<void> {
  if (tx.provider === 'postgresql') await tx.$executeRaw`SET LOCAL idle_in_transaction_session_timeout = 0`
}

/** Removes the rows that `claimBlobs` made in this transaction. */
export async function unclaimBlobs(tx: SqlTransaction, digests: ReadonlySet<string>): Promise<void> {
  if (digests.size > 0) await tx.$executeRaw`DELETE FROM "Blob" WHERE "digest" IN (${Prisma.join([...digests])})`
}

/** Records that a client was told of a blob; returns false when the repository no longer links to it. */
export async function markLinkSeen(tx: SqlTransaction, { repositoryId, digest }: LinkKey, now: Date): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE "RepositoryBlob" SET "seenAt" = ${now} WHERE "repositoryId" = ${repositoryId} AND "digest" = ${digest}`
  return count > 0
}

/** A page of ids, after `after`, of uploads that were opened before `cutoff`. */
export async function listOldUploads(source: SqlSource, after: string | null, cutoff: Date): Promise<string[]> {
  const rows = await source.read.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Upload" WHERE "createdAt" < ${cutoff} AND "id" > ${after ?? ''} ORDER BY "id" LIMIT ${pageSize}`
  return rows.map(({ id }) => id)
}

/** Removes the rows of uploads, where they have one. */
export async function removeUploads(db: Database, ids: readonly string[]): Promise<void> {
  for (const batch of batchesOf(ids)) await db.prisma.upload.deleteMany({ where: { id: { in: batch } } })
}

/** Whether no manifest of link `l`'s repository names the blob, and the link was not seen since the cutoff. */
function unneeded({ cutoff, foreseen }: Need): Sql {
  const counting = foreseen
    ? Prisma.sql`AND NOT EXISTS (
        SELECT 1 FROM "PlannedRemoval" p WHERE p."repositoryId" = r."repositoryId" AND p."digest" = r."parentDigest")`
    : Prisma.empty
  return Prisma.sql`l."seenAt" < ${cutoff} AND NOT EXISTS (
    SELECT 1 FROM "ManifestReference" r
    WHERE r."repositoryId" = l."repositoryId" AND r."childDigest" = l."digest" ${counting})`
}

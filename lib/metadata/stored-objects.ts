import { randomUUID } from 'node:crypto'
import { asJsonKeys, batchesOf } from './engine/batches'
import type { SqlSource, SqlTransaction } from './engine/database'
import { lockName } from './engine/locks'

/*
 * Which object of an S3 store has which blob's bytes. An object keeps the key that it was written under, so this table
 * decides what is a blob: publishing one is one row, however large it is.
 */

/** A blob's object. */
export interface StoredObject {
  readonly digest: string
  readonly key: string
  readonly sizeBytes: number
  readonly publishedAt: Date
}

/** Rows of one page. */
const pageSize = 500

/** The name of this database in its bucket: made when it is first asked for. */
export async function ensureBucketOwner(tx: SqlTransaction): Promise<string> {
  await lockName(tx, 'bucket owner')
  const [row] = await tx.$queryRaw<{ id: string }[]>`SELECT "id" FROM "BucketOwner"`
  if (row !== undefined) return row.id
  const id = randomUUID()
  await tx.$executeRaw`INSERT INTO "BucketOwner" ("id") VALUES (${id})`
  return id
}

/** The same, or null when it was never asked for. */
export async function findBucketOwner(source: SqlSource): Promise<string | null> {
  const [row] = await source.read.$queryRaw<{ id: string }[]>`SELECT "id" FROM "BucketOwner"`
  return row?.id ?? null
}

/** The object of a blob, or null. */
export async function findStoredObject(source: SqlSource, digest: string): Promise<StoredObject | null> {
  const [row] = await source.read.$queryRaw<Row[]>`
    SELECT "digest", "key", "sizeBytes", "publishedAt" FROM "StoredObject" WHERE "digest" = ${digest}`
  return row === undefined ? null : toObject(row)
}

/** The objects of blobs after the digest `after`, a page of them. */
export async function listStoredObjects(source: SqlSource, after: string | null): Promise<StoredObject[]> {
  const rows = await source.read.$queryRaw<Row[]>`
    SELECT "digest", "key", "sizeBytes", "publishedAt" FROM "StoredObject"
    WHERE "digest" > ${after ?? ''} ORDER BY "digest" LIMIT ${pageSize}`
  return rows.map(toObject)
}

/** Gives a blob its object. The one that it had before is dropped. */
export async function putStoredObject(tx: SqlTransaction, object: StoredObject): Promise<void> {
  const { digest, key, sizeBytes, publishedAt } = object
  await dropStoredObject(tx, digest, { isCorrupt: false, now: publishedAt })
  await tx.$send`
    INSERT INTO "StoredObject" ("digest", "key", "sizeBytes", "publishedAt")
    VALUES (${digest}, ${key}, ${sizeBytes}, ${publishedAt})`
}

/** Takes a blob's object away: it is dropped. Without one, nothing happens. */
export async function dropStoredObject(
  tx: SqlTransaction,
  digest: string,
  { isCorrupt, now }: { readonly isCorrupt: boolean; readonly now: Date },
): Promise<void> {
  // Two at the same time would both find the same object, or none.
  await lockName(tx, `object of ${digest}`)
  const [row] = await tx.$queryRaw<Row[]>`
    DELETE FROM "StoredObject" WHERE "digest" = ${digest} RETURNING "digest", "key", "sizeBytes", "publishedAt"`
  if (row === undefined) return
  await tx.$executeRaw`
    INSERT INTO "DroppedObject" ("key", "digest", "sizeBytes", "isCorrupt", "droppedAt")
    VALUES (${row.key}, ${digest}, ${row.sizeBytes}, ${isCorrupt}, ${now})`
}

/** Keys of objects that were dropped before `cutoff`, but not as corrupt: a page of them, the oldest first. */
export async function listDroppedKeys(source: SqlSource, cutoff: Date): Promise<string[]> {
  const rows = await source.read.$queryRaw<{ key: string }[]>`
    SELECT "key" FROM "DroppedObject" WHERE "isCorrupt" = ${false} AND "droppedAt" < ${cutoff}
    ORDER BY "droppedAt", "key" LIMIT ${pageSize}`
  return rows.map(({ key }) => key)
}

/** Forgets dropped objects that are no longer in the store. */
export async function forgetDroppedKeys(tx: SqlTransaction, keys: readonly string[]): Promise<void> {
  for (const batch of batchesOf(keys)) {
    await tx.$executeRaw`
      DELETE FROM "DroppedObject" WHERE "key" IN (SELECT "key" FROM json_each(${asJsonKeys(batch)}))`
  }
}

/** Those of the keys that a blob, a dropped object or an upload has. */
export async function listKnownKeys(source: SqlSource, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const known = new Set<string>()
  for (const batch of batchesOf(keys)) {
    const asked = asJsonKeys(batch)
    const rows = await source.read.$queryRaw<{ key: string }[]>`
      SELECT "key" FROM "StoredObject" WHERE "key" IN (SELECT "key" FROM json_each(${asked}))
      UNION ALL SELECT "key" FROM "DroppedObject" WHERE "key" IN (SELECT "key" FROM json_each(${asked}))
      UNION ALL SELECT "multipartKey" FROM "StoredUpload" WHERE "multipartKey" IN (SELECT "key" FROM json_each(${asked}))
      UNION ALL SELECT "tailKey" FROM "StoredUpload" WHERE "tailKey" IN (SELECT "key" FROM json_each(${asked}))`
    for (const { key } of rows) known.add(key)
  }
  return known
}

interface Row extends Omit<StoredObject, 'sizeBytes'> {
  readonly sizeBytes: bigint
}

function toObject({ sizeBytes, ...row }: Row): StoredObject {
  return { ...row, sizeBytes: Number(sizeBytes) }
}

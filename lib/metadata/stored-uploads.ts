import type { SqlSource, SqlTransaction } from './engine/database'
import type { Sql } from './engine/listing'
import { Prisma } from './generated/sqlite/client'

/*
 * Where the bytes of unfinished uploads are in an S3 store: in the parts of a multipart upload and, after those, in an
 * object of their own, the tail. Each change needs the version that it was made from, so that of two processes that go on
 * with one upload only one does.
 */

/** A part of a multipart upload. */
export interface StoredPart {
  readonly number: number
  readonly etag: string
  readonly sizeBytes: number
}

/** The object after the parts. */
export interface StoredTail {
  readonly key: string
  readonly sizeBytes: number
  readonly sha256: string | null
}

/** An upload with all its parts, in order. */
export interface StoredUpload {
  readonly algorithm: string
  readonly version: number
  readonly sizeBytes: number
  readonly multipart: { readonly key: string; readonly id: string } | null
  readonly parts: readonly StoredPart[]
  readonly nextPart: number
  readonly tail: StoredTail | null
}

/** What is named is replaced; parts are added. Without a multipart upload, there are no parts. */
export interface StoredUploadChange {
  readonly sizeBytes?: number
  readonly nextPart?: number
  readonly tail?: StoredTail | null
  readonly multipart?: { readonly key: string; readonly id: string } | null
  readonly parts?: readonly StoredPart[]
}

/** How a conditional change ended. */
export type ChangeOutcome = 'done' | 'changed' | 'gone'

/** Rows of one page. */
const pageSize = 500

/** Adds an empty upload; returns whether its id was new. */
export async function insertStoredUpload(
  tx: SqlTransaction,
  { id, algorithm, now }: { readonly id: string; readonly algorithm: string; readonly now: Date },
): Promise<boolean> {
  const count = await tx.$executeRaw`
    INSERT INTO "StoredUpload" ("id", "algorithm", "version", "sizeBytes", "nextPart", "tailBytes", "changedAt")
    VALUES (${id}, ${algorithm}, 1, 0, 1, 0, ${now}) ON CONFLICT ("id") DO NOTHING`
  return count > 0
}

interface Row {
  readonly algorithm: string
  readonly version: number
  readonly sizeBytes: bigint
  readonly multipartKey: string | null
  readonly multipartId: string | null
  readonly nextPart: number
  readonly tailKey: string | null
  readonly tailBytes: bigint
  readonly tailSha256: string | null
}

/** An upload, or null. */
export async function findStoredUpload(source: SqlSource, id: string): Promise<StoredUpload | null> {
  const [row] = await source.read.$queryRaw<Row[]>`
    SELECT "algorithm", "version", "sizeBytes", "multipartKey", "multipartId", "nextPart", "tailKey", "tailBytes", "tailSha256"
    FROM "StoredUpload" WHERE "id" = ${id}`
  if (row === undefined) return null
  const { algorithm, version, nextPart } = row
  // A part that is added meanwhile changes the version too, so nothing can be done with a state that has too many.
  const parts =
    row.multipartId === null
      ? []
      : await source.read.$queryRaw<{ number: number; etag: string; sizeBytes: bigint }[]>`
          SELECT "number", "etag", "sizeBytes" FROM "StoredPart" WHERE "uploadId" = ${id} ORDER BY "number"`
  return {
    algorithm,
    version,
    nextPart,
    sizeBytes: Number(row.sizeBytes),
    parts: parts.map(({ number, etag, sizeBytes }) => ({ number, etag, sizeBytes: Number(sizeBytes) })),
    ...objectsOf(row),
  }
}

/** An upload's size in bytes, or null. */
export async function findStoredUploadSize(source: SqlSource, id: string): Promise<number | null> {
  const [row] = await source.read.$queryRaw<{ sizeBytes: bigint }[]>`
    SELECT "sizeBytes" FROM "StoredUpload" WHERE "id" = ${id}`
  return row === undefined ? null : Number(row.sizeBytes)
}

/** The uploads after the id `after`, a page of them. */
export async function listStoredUploads(
  source: SqlSource,
  after: string | null,
): Promise<{ id: string; sizeBytes: number; changedAt: Date }[]> {
  const rows = await source.read.$queryRaw<{ id: string; sizeBytes: bigint; changedAt: Date }[]>`
    SELECT "id", "sizeBytes", "changedAt" FROM "StoredUpload"
    WHERE "id" > ${after ?? ''} ORDER BY "id" LIMIT ${pageSize}`
  return rows.map(({ id, sizeBytes, changedAt }) => ({ id, sizeBytes: Number(sizeBytes), changedAt }))
}

/** Changes an upload that still has this version. */
export async function changeStoredUpload(
  tx: SqlTransaction,
  { id, version, now }: { readonly id: string; readonly version: number; readonly now: Date },
  { sizeBytes, nextPart, tail, multipart, parts = [] }: StoredUploadChange,
): Promise<ChangeOutcome> {
  const sets: Sql[] = [Prisma.sql`"version" = "version" + 1, "changedAt" = ${now}`]
  if (sizeBytes !== undefined) sets.push(Prisma.sql`"sizeBytes" = ${sizeBytes}`)
  if (nextPart !== undefined) sets.push(Prisma.sql`"nextPart" = ${nextPart}`)
  if (tail !== undefined) {
    const { key = null, sizeBytes: tailBytes = 0, sha256 = null } = tail ?? {}
    sets.push(Prisma.sql`"tailKey" = ${key}, "tailBytes" = ${tailBytes}, "tailSha256" = ${sha256}`)
  }
  if (multipart !== undefined) {
    const { key: multipartKey = null, id: multipartId = null } = multipart ?? {}
    sets.push(Prisma.sql`"multipartKey" = ${multipartKey}, "multipartId" = ${multipartId}`)
  }
  const count = await tx.$executeRaw`
    UPDATE "StoredUpload" SET ${Prisma.join(sets)} WHERE "id" = ${id} AND "version" = ${version}`
  if (count === 0) return whyNot(tx, id)
  if (multipart === null) await tx.$executeRaw`DELETE FROM "StoredPart" WHERE "uploadId" = ${id}`
  for (const part of parts) {
    await tx.$executeRaw`
      INSERT INTO "StoredPart" ("uploadId", "number", "etag", "sizeBytes")
      VALUES (${id}, ${part.number}, ${part.etag}, ${part.sizeBytes})`
  }
  return 'done'
}

/** Removes an upload that still has this version. */
export async function endStoredUpload(tx: SqlTransaction, id: string, version: number): Promise<ChangeOutcome> {
  const count = await tx.$executeRaw`DELETE FROM "StoredUpload" WHERE "id" = ${id} AND "version" = ${version}`
  return count > 0 ? 'done' : whyNot(tx, id)
}

/** Removes an upload, and returns what of it is in the store; null when there was none. */
export async function deleteStoredUpload(
  tx: SqlTransaction,
  id: string,
): Promise<Pick<StoredUpload, 'multipart' | 'tail'> | null> {
  const [row] = await tx.$queryRaw<Row[]>`
    DELETE FROM "StoredUpload" WHERE "id" = ${id}
    RETURNING "multipartKey", "multipartId", "tailKey", "tailBytes", "tailSha256"`
  return row === undefined ? null : objectsOf(row)
}

async function whyNot(tx: SqlTransaction, id: string): Promise<'changed' | 'gone'> {
  return (await findStoredUploadSize(tx, id)) === null ? 'gone' : 'changed'
}

function objectsOf(row: Row): Pick<StoredUpload, 'multipart' | 'tail'> {
  const { multipartKey, multipartId, tailKey, tailBytes, tailSha256 } = row
  return {
    multipart: multipartKey === null || multipartId === null ? null : { key: multipartKey, id: multipartId },
    tail: tailKey === null ? null : { key: tailKey, sizeBytes: Number(tailBytes), sha256: tailSha256 },
  }
}

import type { SqlSource } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type Sql, allOf } from './engine/listing'

/** A manifest that refers to another. */
export interface Referrer {
  readonly digest: string
  readonly mediaType: string
  readonly sizeBytes: number
  readonly artifactType: string | null
}

/** A manifest that names another as its subject. */
export interface SubjectReferrer extends Referrer {
  /** JSON object, as stored: it may be large, and a list only passes it on. Null without annotations. */
  readonly annotations: string | null
}

/** A manifest that names no subject, but that an index under a tag lists. */
export interface ListedReferrer extends Referrer {
  /** The index. */
  readonly indexDigest: string
}

/** Which referrers a page holds. */
export interface ReferrerSlice {
  readonly artifactType: string | null
  /** The digest after which the page starts; empty for the first. */
  readonly after: string
  readonly limit: number
  /** The most that the texts of a page's rows may take, in bytes. One row is read whatever its size. */
  readonly maxBytes: number
}

/** A page of referrers, by digest. */
export interface ReferrerRows<T extends Referrer> {
  readonly rows: readonly T[]
  /** Whether more follow. */
  readonly hasMore: boolean
}

/** What each row takes besides its texts of any length, in bytes: digest, media type, size and names of fields. */
const rowBytes = 400

/** The manifests of the repository whose subject is `subjectDigest`. The subject need not exist. */
export async function listReferrers(
  source: SqlSource,
  repositoryId: string,
  subjectDigest: string,
  slice: ReferrerSlice,
): Promise<ReferrerRows<SubjectReferrer>> {
  return readPage<SubjectReferrer>(source, slice, {
    candidates: Prisma.sql`FROM "Manifest" m
      WHERE m."repositoryId" = ${repositoryId} AND m."subjectDigest" = ${subjectDigest}`,
    select: Prisma.sql`m."annotations"`,
    from: Prisma.sql`JOIN "Manifest" m ON m."repositoryId" = ${repositoryId} AND m."digest" = page."digest"`,
  })
}

/** The manifests of the repository that the index under `tag` lists and that name no subject themselves. */
export async function listReferrersUnderTag(
  source: SqlSource,
  repositoryId: string,
  tag: string,
  slice: ReferrerSlice,
): Promise<ReferrerRows<ListedReferrer>> {
  return readPage<ListedReferrer>(source, slice, {
    candidates: Prisma.sql`FROM "Tag" t
      JOIN "ManifestReference" r
        ON r."repositoryId" = t."repositoryId" AND r."parentDigest" = t."digest" AND r."kind" = 'MANIFEST'
      JOIN "Manifest" m ON m."repositoryId" = r."repositoryId" AND m."digest" = r."childDigest"
      WHERE t."repositoryId" = ${repositoryId} AND t."name" = ${tag} AND m."subjectDigest" IS NULL
        -- A child that the index lists with several descriptors has a row for each.
        AND NOT EXISTS (
          SELECT 1 FROM "ManifestReference" earlier
          WHERE earlier."repositoryId" = r."repositoryId" AND earlier."parentDigest" = r."parentDigest"
            AND earlier."childDigest" = r."childDigest" AND earlier."kind" = r."kind"
            AND earlier."fingerprint" < r."fingerprint")`,
    select: Prisma.sql`t."digest" AS "indexDigest"`,
    from: Prisma.sql`JOIN "Tag" t ON t."repositoryId" = ${repositoryId} AND t."name" = ${tag}
      JOIN "Manifest" m ON m."repositoryId" = ${repositoryId} AND m."digest" = page."digest"`,
  })
}

/**
 * Reads a page in one statement, so that its rows are those that were measured. Lengths are read without the texts
 * (`octet_length`); the texts only of the rows that fit.
 */
async function readPage<T extends Referrer>(
  source: SqlSource,
  { artifactType, after, limit, maxBytes }: ReferrerSlice,
  { candidates, select, from }: { readonly candidates: Sql; readonly select: Sql; readonly from: Sql },
): Promise<ReferrerRows<T>> {
  const inSlice = allOf([
    Prisma.sql`m."digest" > ${after}`,
    artifactType === null ? undefined : Prisma.sql`m."artifactType" = ${artifactType}`,
  ])
  const rows = await source.read.$queryRaw<(T & { candidates: bigint | number })[]>`
    WITH candidate AS (
      SELECT m."digest", ${rowBytes} + COALESCE(octet_length(m."artifactType"), 0)
        + COALESCE(octet_length(m."annotations"), 0) AS "bytes"
      ${candidates} AND ${inSlice} ORDER BY m."digest" LIMIT ${limit + 1}
    ), page AS (
      SELECT "digest", "bytes", SUM("bytes") OVER (ORDER BY "digest") AS "total",
        ROW_NUMBER() OVER (ORDER BY "digest") AS "position", COUNT(*) OVER () AS "candidates"
      FROM candidate
    )
    SELECT m."digest", m."mediaType", m."sizeBytes", m."artifactType", ${select}, page."candidates"
    FROM page ${from}
    WHERE page."position" = 1 OR (page."position" <= ${limit} AND page."total" <= ${maxBytes})
    ORDER BY m."digest"`
  return {
    rows: rows.map(({ candidates: _, ...row }) => row as unknown as T),
    hasMore: Number(rows[0]?.candidates ?? 0) > rows.length,
  }
}

/** The bytes of an index; null when it is larger than `maxBytes` or gone. */
export async function findIndexContent(
  source: SqlSource,
  repositoryId: string,
  digest: string,
  maxBytes: number,
): Promise<Uint8Array | null> {
  const [row] = await source.read.$queryRaw<{ content: Uint8Array }[]>`
    SELECT "content" FROM "Manifest"
    WHERE "repositoryId" = ${repositoryId} AND "digest" = ${digest} AND "sizeBytes" <= ${maxBytes}`
  return row?.content ?? null
}

import { isOneOf } from './engine/batches'
import type { SqlSource } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { shownArtifactType, shownPlatforms } from './tag-listing'

/** A manifest without its bytes, for a person. */
export interface ManifestRow {
  readonly digest: string
  readonly mediaType: string
  /** Null also when it is too long to be one. */
  readonly artifactType: string | null
  /** Comma-separated; empty also when there are too many to show. */
  readonly platforms: string
  readonly subjectDigest: string | null
  /** Size of the manifest itself, in bytes. */
  readonly sizeBytes: number
  /** With all that it references. */
  readonly totalSizeBytes: bigint
  readonly pushedBy: string
  readonly createdAt: Date
}

/** The columns of a `ManifestRow` of manifest `m`. */
export const manifestColumns = Prisma.sql`
  m."digest", m."mediaType", ${shownArtifactType}, ${shownPlatforms}, m."subjectDigest", m."sizeBytes",
  m."totalSizeBytes", m."pushedBy", m."createdAt"`

/** The manifest of a digest, or null. */
export async function findManifestRow(
  source: SqlSource,
  repositoryId: string,
  digest: string,
): Promise<ManifestRow | null> {
  const [row] = await listManifestRows(source, repositoryId, [digest])
  return row ?? null
}

/** Those of `digests` that are manifests of the repository. */
export async function listManifestRows(
  source: SqlSource,
  repositoryId: string,
  digests: readonly string[],
): Promise<ManifestRow[]> {
  if (digests.length === 0) return []
  return source.read.$queryRaw<ManifestRow[]>`
    SELECT ${manifestColumns} FROM "Manifest" m
    WHERE m."repositoryId" = ${repositoryId} AND ${isOneOf(source, Prisma.sql`m."digest"`, digests)}`
}

/** Up to how many tags of a manifest are sorted by name: more would take too long. */
const sortedTagsMax = 1000

/** The first tags that point at a digest, by name, and how many there are. Which ones of many is not defined. */
export async function listTagsOf(
  source: SqlSource,
  repositoryId: string,
  digest: string,
  limit: number,
): Promise<{ readonly items: string[]; readonly totalCount: number }> {
  const [counted] = await source.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM "Tag" WHERE "repositoryId" = ${repositoryId} AND "digest" = ${digest}`
  const totalCount = Number(counted?.count)
  const order = totalCount > sortedTagsMax ? Prisma.empty : Prisma.sql`ORDER BY "name"`
  const rows = await source.read.$queryRaw<{ name: string }[]>`
    SELECT "name" FROM "Tag" WHERE "repositoryId" = ${repositoryId} AND "digest" = ${digest} ${order} LIMIT ${limit}`
  return { items: rows.map(({ name }) => name).sort(), totalCount }
}

/** Up to `limit` manifests that name a digest as a child, in byte order. */
export async function listIndexesOf(
  source: SqlSource,
  repositoryId: string,
  digest: string,
  limit: number,
): Promise<string[]> {
  const rows = await source.read.$queryRaw<{ parentDigest: string }[]>`
    SELECT DISTINCT "parentDigest" FROM "ManifestReference"
    WHERE "repositoryId" = ${repositoryId} AND "childDigest" = ${digest} AND "kind" = 'MANIFEST'
    ORDER BY "parentDigest" LIMIT ${limit}`
  return rows.map(({ parentDigest }) => parentDigest)
}

/** Whether a manifest of the repository names a digest as config, layer or child. */
export async function isNamedBy(
  source: SqlSource,
  repositoryId: string,
  digest: string,
  named: string,
): Promise<boolean> {
  const rows = await source.read.$queryRaw<unknown[]>`
    SELECT 1 FROM "ManifestReference"
    WHERE "repositoryId" = ${repositoryId} AND "parentDigest" = ${digest} AND "childDigest" = ${named} LIMIT 1`
  return rows.length > 0
}

import { asJsonKeys, isOneOf } from './engine/batches'
import type { SqlSource } from './engine/database'
import { Prisma } from './generated/sqlite/client'

/*
 * What the count of space reads: small pages by index, because SQLite's reads block the process while they run.
 */

/** Rows that one statement returns at most. */
export const spacePageSize = 300

/** The ids or digests that one statement looks up at most. */
export const spaceLookupMax = 100

/** How a repository's content is kept; null for one that is gone or is being removed. */
export async function findKeeping(
  source: SqlSource,
  repositoryId: string,
): Promise<{ readonly keepsUntagged: boolean } | null> {
  const [row] = await source.read.$queryRaw<{ days: number }[]>`
    SELECT n."untaggedRetentionDays" AS "days" FROM "Repository" r JOIN "Namespace" n ON n."id" = r."namespaceId"
    WHERE r."id" = ${repositoryId} AND NOT r."isDeleted"`
  return row === undefined ? null : { keepsUntagged: row.days === 0 }
}

/** The sizes in bytes of those of `digests` that are manifests of the repository. */
export async function findManifestSizes(
  source: SqlSource,
  repositoryId: string,
  digests: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  // `sizeBytes` comes after `content` in the row, and SQLite would read all of that on the way; its length it knows.
  const rows = await source.read.$queryRaw<{ digest: string; sizeBytes: number | bigint }[]>`
    SELECT m."digest", length(m."content") AS "sizeBytes" FROM "Manifest" m
    WHERE m."repositoryId" = ${repositoryId} AND ${isOneOf(source, Prisma.sql`m."digest"`, digests)}`
  return new Map(rows.map(({ digest, sizeBytes }) => [digest, Number(sizeBytes)]))
}

/** The sizes in bytes of those of `digests` that are blobs of the repository. */
export async function findBlobSizes(
  source: SqlSource,
  repositoryId: string,
  digests: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await source.read.$queryRaw<{ digest: string; sizeBytes: number | bigint }[]>`
    SELECT b."digest", b."sizeBytes" FROM "RepositoryBlob" l JOIN "Blob" b ON b."digest" = l."digest"
    WHERE l."repositoryId" = ${repositoryId} AND ${isOneOf(source, Prisma.sql`l."digest"`, digests)}`
  return new Map(rows.map(({ digest, sizeBytes }) => [digest, Number(sizeBytes)]))
}

/** Those of `digests` that a tag of the repository other than `except` points at. */
export async function listTaggedDigests(
  source: SqlSource,
  repositoryId: string,
  digests: readonly string[],
  except: string | null,
): Promise<ReadonlySet<string>> {
  const rows = await source.read.$queryRaw<{ digest: string }[]>`
    SELECT given."key" AS "digest" FROM json_each(${asJsonKeys(digests)}) AS given WHERE EXISTS (
      SELECT 1 FROM "Tag" t
      WHERE t."repositoryId" = ${repositoryId} AND t."digest" = given."key" AND t."name" <> ${except ?? ''})`
  return new Set(rows.map(({ digest }) => digest))
}

/** From one digest to another that it leads to. */
export interface SpaceEdge {
  readonly from: string
  readonly to: string
}

/**
 * A page of the edges of one kind that leave some digests; `after`: only those after this `to`, in order, of a single
 * digest. Without it the order is not defined, so that the statement ends at the limit and sorts nothing.
 */
export type EdgePage = (
  source: SqlSource,
  repositoryId: string,
  digests: readonly string[],
  after: string | null,
) => Promise<readonly SpaceEdge[]>

/** From manifests to what they name. */
export const listNamed: EdgePage = (source, repositoryId, digests, after) =>
  listEdges(source, 'ManifestReference', { from: 'parentDigest', to: 'childDigest' }, repositoryId, digests, after)

/** From manifests and blobs to the manifests that name them. */
export const listNaming: EdgePage = (source, repositoryId, digests, after) =>
  listEdges(source, 'ManifestReference', { from: 'childDigest', to: 'parentDigest' }, repositoryId, digests, after)

/** From subjects to the manifests that refer to them. */
export const listReferring: EdgePage = (source, repositoryId, digests, after) =>
  listEdges(source, 'Manifest', { from: 'subjectDigest', to: 'digest' }, repositoryId, digests, after)

/** From blobs to the repositories that have them, other than the given one. */
export const listHolders: EdgePage = async (source, repositoryId, digests, after) => {
  const page =
    after === null
      ? Prisma.sql`LIMIT ${spacePageSize}`
      : Prisma.sql`AND l."repositoryId" > ${after} ORDER BY l."repositoryId" LIMIT ${spacePageSize}`
  return source.read.$queryRaw<SpaceEdge[]>`
    SELECT l."digest" AS "from", l."repositoryId" AS "to" FROM "RepositoryBlob" l
    WHERE ${isOneOf(source, Prisma.sql`l."digest"`, digests)} AND l."repositoryId" <> ${repositoryId}
      ${page}`
}

async function listEdges(
  source: SqlSource,
  table: 'ManifestReference' | 'Manifest',
  { from, to }: SpaceEdge,
  repositoryId: string,
  digests: readonly string[],
  after: string | null,
): Promise<readonly SpaceEdge[]> {
  const [fromColumn, toColumn] = [Prisma.raw(`"${from}"`), Prisma.raw(`"${to}"`)]
  const page =
    after === null
      ? Prisma.sql`LIMIT ${spacePageSize}`
      : Prisma.sql`AND ${toColumn} > ${after} ORDER BY ${toColumn} LIMIT ${spacePageSize}`
  return source.read.$queryRaw<SpaceEdge[]>`
    SELECT ${fromColumn} AS "from", ${toColumn} AS "to" FROM ${Prisma.raw(`"${table}"`)}
    WHERE "repositoryId" = ${repositoryId} AND ${isOneOf(source, fromColumn, digests)}
      ${page}`
}

/** From those of `digests` that are referrers to their subjects, where these are there. */
export async function listSubjects(
  source: SqlSource,
  repositoryId: string,
  digests: readonly string[],
): Promise<readonly SpaceEdge[]> {
  return source.read.$queryRaw<SpaceEdge[]>`
    SELECT m."digest" AS "from", s."digest" AS "to" FROM "Manifest" m
    JOIN "Manifest" s ON s."repositoryId" = m."repositoryId" AND s."digest" = m."subjectDigest"
    WHERE m."repositoryId" = ${repositoryId} AND ${isOneOf(source, Prisma.sql`m."digest"`, digests)}`
}

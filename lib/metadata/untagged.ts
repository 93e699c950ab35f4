import type { SqlSource, SqlTransaction } from './engine/database'
import { isOneOf } from './engine/batches'
import { Prisma } from './generated/sqlite/client'
import { joinAbove } from './join-above'
import type { Position, Sql } from './engine/listing'
import { shownArtifactType, shownPlatforms } from './tag-listing'

/*
 * Manifests that nothing reaches. `m` is the table of manifests.
 *
 *     held      a tag points at it, or left it since the cutoff; or it was pushed or asked for since the cutoff
 *     reached   another manifest names it, or its subject is there
 *
 * Garbage collection removes a manifest that is neither, and thereby frees what only that one reached: an index before
 * its children, a subject before its referrers. So a manifest that is there never misses a child because of it.
 */

/** A manifest by its place in the order of `seenAt`. */
export interface ManifestPosition {
  readonly seenAt: Date
  readonly digest: string
}

/** A manifest that garbage collection looks at. */
export interface CollectedManifest extends ManifestPosition {
  readonly sizeBytes: number
  readonly totalSizeBytes: bigint
  readonly isHeld: boolean
  readonly isReached: boolean
}

/** Rows of one page. Each is a few lookups in an index, and SQLite's reads block the process while they run. */
const pageSize = 300

/** A repository whose namespace lets garbage collection take manifests. */
export interface CollectedRepository {
  readonly id: string
  readonly instanceId: string
  readonly path: string
  readonly untaggedRetentionDays: number
}

/** Repositories after `after`, a page of them, whose namespace does not keep untagged manifests for ever. */
export async function listCollectedRepositories(source: SqlSource, after: string): Promise<CollectedRepository[]> {
  return source.read.$queryRaw<CollectedRepository[]>`
    SELECT r."id", r."instanceId", r."path", n."untaggedRetentionDays"
    FROM "Repository" r JOIN "Namespace" n ON n."id" = r."namespaceId"
    WHERE r."id" > ${after} AND NOT r."isDeleted" AND n."untaggedRetentionDays" > 0 ORDER BY r."id" LIMIT ${pageSize}`
}

/** For how many days a repository's namespace keeps untagged manifests; 0: for ever, also for one that is gone. */
export async function findRetentionDays(source: SqlSource, repositoryId: string): Promise<number> {
  const [row] = await source.read.$queryRaw<{ days: number }[]>`
    SELECT n."untaggedRetentionDays" AS "days" FROM "Repository" r JOIN "Namespace" n ON n."id" = r."namespaceId"
    WHERE r."id" = ${repositoryId}`
  return row?.days ?? 0
}

/** Manifests that were not seen since `cutoff`, after `after` in the order of `seenAt`, a page of them. */
export async function listOldManifests(
  source: SqlSource,
  repositoryId: string,
  cutoff: Date,
  { after, descending }: { readonly after: ManifestPosition | null; readonly descending: boolean },
): Promise<CollectedManifest[]> {
  const position = Prisma.sql`(m."seenAt", m."digest")`
  const start =
    after === null
      ? Prisma.empty
      : Prisma.sql`AND ${position} ${descending ? Prisma.sql`<` : Prisma.sql`>`} (${after.seenAt}, ${after.digest})`
  const direction = descending ? Prisma.sql`DESC` : Prisma.sql`ASC`
  const rows = await source.read.$queryRaw<
    (Omit<CollectedManifest, 'isHeld' | 'isReached'> & { held: number; reached: number })[]
  >`
    SELECT m."seenAt", m."digest", m."sizeBytes", m."totalSizeBytes",
      CASE WHEN ${isHeld(cutoff)} THEN 1 ELSE 0 END AS "held", CASE WHEN ${isReached} THEN 1 ELSE 0 END AS "reached"
    FROM "Manifest" m WHERE m."repositoryId" = ${repositoryId} AND m."seenAt" < ${cutoff} ${start}
    ORDER BY m."seenAt" ${direction}, m."digest" ${direction} LIMIT ${pageSize}`
  return rows.map(({ held, reached, ...row }) => ({ ...row, isHeld: held === 1, isReached: reached === 1 }))
}

/** A manifest that was removed. */
export interface RemovedManifest {
  readonly digest: string
  readonly sizeBytes: number
}

/**
 * Removes those of `digests` that still are neither held nor reached, unless the namespace keeps them for longer than
 * `days` by now; returns them. Needs `lockRepositoryExclusively`: no push is half done, and this one statement decides.
 */
export async function removeUnreachedManifests(
  tx: SqlTransaction,
  repositoryId: string,
  digests: readonly string[],
  { cutoff, days }: { readonly cutoff: Date; readonly days: number },
): Promise<RemovedManifest[]> {
  return tx.$queryRaw<RemovedManifest[]>`
    DELETE FROM "Manifest" AS m
    WHERE m."repositoryId" = ${repositoryId} AND ${isOneOf(tx, Prisma.sql`m."digest"`, digests)}
      AND NOT (${isHeld(cutoff)}) AND NOT (${isReached})
      AND EXISTS (
        SELECT 1 FROM "Repository" r JOIN "Namespace" n ON n."id" = r."namespaceId"
        WHERE r."id" = ${repositoryId} AND n."untaggedRetentionDays" BETWEEN 1 AND ${days})
    RETURNING "digest", "sizeBytes"`
}

/** How many manifests above one the dry run looks at. */
const aboveMax = 10_000

/**
 * Whether a manifest that is reached would stay, because one that reaches it, at any depth, is held. Also true when
 * more than 10,000 manifests reach it.
 */
export async function isReachedByHeld(
  source: SqlSource,
  repositoryId: string,
  digest: string,
  cutoff: Date,
): Promise<boolean> {
  const rows = await source.read.$queryRaw<{ held: number | null }[]>`
    WITH RECURSIVE above("digest") AS (
      SELECT "digest" FROM "Manifest" WHERE "repositoryId" = ${repositoryId} AND "digest" = ${digest}
      UNION
      SELECT COALESCE(parent."parentDigest", referrer."subjectDigest") FROM above
      ${joinAbove(source, repositoryId, Prisma.raw('above'))}
      WHERE COALESCE(parent."parentDigest", referrer."subjectDigest") IS NOT NULL
    ), looked AS (SELECT "digest" FROM above LIMIT ${aboveMax})
    SELECT (SELECT CASE WHEN ${isHeld(cutoff)} THEN 1 ELSE 0 END FROM "Manifest" m
      WHERE m."repositoryId" = ${repositoryId} AND m."digest" = looked."digest") AS "held" FROM looked`
  return rows.length >= aboveMax || rows.some(({ held }) => held === 1)
}

/** An untagged manifest as a list shows it. */
export interface UntaggedManifest {
  readonly digest: string
  readonly mediaType: string
  readonly artifactType: string | null
  readonly platforms: string
  readonly totalSizeBytes: bigint
  readonly pushedBy: string
  readonly createdAt: Date
  readonly seenAt: Date
}

/**
 * Some of the manifests of a repository in the order of `seenAt`: those of one page that no tag points at and nothing
 * reaches.
 */
export interface UntaggedPart {
  readonly untagged: readonly UntaggedManifest[]
  /** Where the next part starts; null after the last manifest. */
  readonly end: Position | null
}

/**
 * The next part of the list of untagged manifests: a page of manifests is looked at, however few of them are untagged.
 */
export async function listUntaggedPart(
  source: SqlSource,
  repositoryId: string,
  { after, descending }: { readonly after: Position | null; readonly descending: boolean },
): Promise<UntaggedPart> {
  const comparison = descending ? Prisma.sql`<` : Prisma.sql`>`
  const start =
    after === null ? Prisma.empty : Prisma.sql`AND (m."seenAt", m."digest") ${comparison} (${after.key}, ${after.tie})`
  const direction = descending ? Prisma.sql`DESC` : Prisma.sql`ASC`
  const rows = await source.read.$queryRaw<(UntaggedManifest & { untagged: number })[]>`
    SELECT m."digest", m."mediaType", m."totalSizeBytes", m."pushedBy", m."createdAt", m."seenAt",
      ${shownArtifactType}, ${shownPlatforms}, CASE WHEN ${isTagged} OR ${isReached} THEN 0 ELSE 1 END AS "untagged"
    FROM "Manifest" m WHERE m."repositoryId" = ${repositoryId} ${start}
    ORDER BY m."seenAt" ${direction}, m."digest" ${direction} LIMIT ${pageSize}`
  const last = rows.length < pageSize ? undefined : rows.at(-1)
  return {
    untagged: rows.filter((row) => row.untagged === 1).map(({ untagged: _, ...row }) => row),
    end: last === undefined ? null : { key: last.seenAt, tie: last.digest },
  }
}

// With a limit, not EXISTS, here and below: for EXISTS, PostgreSQL may read all tags or references of the repository once,
// instead of an index for each manifest of a page.
const isTagged = Prisma.sql`((
  SELECT 1 FROM "Tag" t WHERE t."repositoryId" = m."repositoryId" AND t."digest" = m."digest" LIMIT 1) IS NOT NULL)`

/**
 * The ledger knows when a tag left a manifest: the time of a deleted, moved or restored tag counts, not that of the
 * push.
 */
function isHeld(cutoff: Date): Sql {
  return Prisma.sql`m."seenAt" >= ${cutoff} OR ${isTagged} OR EXISTS (
    SELECT 1 FROM "TagEvent" e WHERE e."repositoryId" = m."repositoryId" AND e."currentDigest" = m."digest"
      AND e."kind" IN ('MOVED', 'RESTORED', 'DELETED') AND e."createdAt" >= ${cutoff})`
}

const isReached = Prisma.sql`((
    SELECT 1 FROM "ManifestReference" p
    WHERE p."repositoryId" = m."repositoryId" AND p."childDigest" = m."digest" LIMIT 1) IS NOT NULL
  OR (
    SELECT 1 FROM "Manifest" s
    WHERE s."repositoryId" = m."repositoryId" AND s."digest" = m."subjectDigest" LIMIT 1) IS NOT NULL)`

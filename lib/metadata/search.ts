import { type Viewer, visibleInSet } from './access'
import type { ImmutabilityRule } from '@/lib/domain/immutability'
import { asJsonKeys, isOneOf } from './engine/batches'
import type { SqlSource } from './engine/database'
import { type Sql, contains } from './engine/listing'
import { Prisma } from './generated/sqlite/client'
import { type StoredPolicy, withPolicy } from './immutability-policies'
import { shownArtifactType } from './tag-listing'

/** What is searched in repositories by its beginning: names of tags, or digests of manifests. */
export type Searched = 'tag' | 'manifest'

const columns: Record<Searched, { readonly table: Sql; readonly column: Sql }> = {
  tag: { table: Prisma.sql`"Tag"`, column: Prisma.sql`t."name"` },
  manifest: { table: Prisma.sql`"Manifest"`, column: Prisma.sql`t."digest"` },
}

/** Texts from `from` on and before `to`, in byte order. */
export interface TextRange {
  readonly from: string
  readonly to: string
}

/** A tag or a manifest that was found: its name or its digest. */
export interface Found {
  readonly repositoryId: string
  readonly text: string
}

/** A repository that the caller may see. */
export interface VisibleRepository {
  readonly id: string
  readonly path: string
}

/**
 * Up to `limit` repositories that a viewer may pull from, in no order. The statement reads what a viewer is granted and
 * what is PUBLIC, not what is hidden from them.
 */
export async function listVisibleRepositories(
  source: SqlSource,
  viewer: Viewer | null,
  limit: number,
): Promise<VisibleRepository[]> {
  // One row, because reading thousands of rows takes ten times as long. Neither ids nor paths have spaces.
  const [row] = await source.read.$queryRaw<{ texts: string | null }[]>`
    SELECT string_agg("id" || ' ' || "path", ' ') AS "texts" FROM (
      SELECT r."id", r."path" FROM "Repository" r WHERE ${visibleInSet(viewer)}
      LIMIT ${limit}) AS visible`
  const texts = typeof row?.texts === 'string' ? row.texts.split(' ') : []
  return Array.from({ length: texts.length / 2 }, (_, at) => ({
    id: texts[2 * at] ?? '',
    path: texts[2 * at + 1] ?? '',
  }))
}

/** The first text of a range in each of the repositories that have one. At most 1,000 repositories in one call. */
export async function findFirstInEach(
  source: SqlSource,
  searched: Searched,
  range: TextRange,
  repositoryIds: readonly string[],
): Promise<Found[]> {
  const { table, column } = columns[searched]
  // LIMIT keeps SQLite from moving the inner statement into the outer condition, where it would run twice.
  return source.read.$queryRaw<Found[]>`
    SELECT "repositoryId", "text" FROM (
      SELECT k."key" AS "repositoryId", (
        SELECT ${column} FROM ${table} t WHERE t."repositoryId" = k."key" AND ${within(column, range)}
        ORDER BY ${column} LIMIT 1) AS "text"
      FROM json_each(${asJson(source, repositoryIds)}) AS k LIMIT ${repositoryIds.length}) AS firsts
    WHERE "text" IS NOT NULL`
}

/** Up to `limit` texts of a range of each of the repositories. At most 20 repositories in one call. */
export async function listInEach(
  source: SqlSource,
  searched: Searched,
  range: TextRange,
  repositoryIds: readonly string[],
  limit: number,
): Promise<Found[]> {
  if (repositoryIds.length === 0) return []
  const { table, column } = columns[searched]
  const parts = repositoryIds.map(
    (id) => Prisma.sql`SELECT * FROM (
      SELECT t."repositoryId", ${column} AS "text" FROM ${table} t
      WHERE t."repositoryId" = ${id} AND ${within(column, range)} ORDER BY ${column} LIMIT ${limit}) AS part`,
  )
  return source.read.$queryRaw<Found[]>`${Prisma.join(parts, ' UNION ALL ')}`
}

/** The first `limit` texts of a range, of all repositories: the caller leaves out what must not be seen. */
export async function listAcrossRepositories(
  source: SqlSource,
  searched: Searched,
  range: TextRange,
  limit: number,
): Promise<Found[]> {
  const { table, column } = columns[searched]
  return source.read.$queryRaw<Found[]>`
    SELECT t."repositoryId", ${column} AS "text" FROM ${table} t WHERE ${within(column, range)}
    ORDER BY ${column}, t."repositoryId" LIMIT ${limit}`
}

/** Those of the repositories that have a manifest that names a digest as a layer, config or child. */
export async function findNamingInEach(
  source: SqlSource,
  digest: string,
  repositoryIds: readonly string[],
): Promise<string[]> {
  const rows = await source.read.$queryRaw<{ repositoryId: string }[]>`
    SELECT k."key" AS "repositoryId" FROM json_each(${asJson(source, repositoryIds)}) AS k
    WHERE EXISTS (
      SELECT 1 FROM "ManifestReference" m WHERE m."repositoryId" = k."key" AND m."childDigest" = ${digest})`
  return rows.map(({ repositoryId }) => repositoryId)
}

/** Up to `limit` manifests of a repository that name a digest as a layer, config or child. */
export async function listNaming(
  source: SqlSource,
  repositoryId: string,
  digest: string,
  limit: number,
): Promise<string[]> {
  const rows = await source.read.$queryRaw<{ parentDigest: string }[]>`
    SELECT DISTINCT "parentDigest" FROM (
      SELECT "parentDigest" FROM "ManifestReference"
      WHERE "repositoryId" = ${repositoryId} AND "childDigest" = ${digest}
      ORDER BY "parentDigest" LIMIT ${limit}) AS naming`
  return rows.map(({ parentDigest }) => parentDigest)
}

function within(column: Sql, { from, to }: TextRange): Sql {
  return Prisma.sql`${column} >= ${from} AND ${column} < ${to}`
}

/** As `asJsonKeys`: PostgreSQL must be told that it is JSON where nothing else says so. */
function asJson({ provider }: SqlSource, ids: readonly string[]): Sql {
  const json = asJsonKeys(ids)
  return provider === 'sqlite' ? Prisma.sql`${json}` : Prisma.sql`CAST(${json} AS JSON)`
}

/** Where a repository is, and its policy. */
export interface FoundRepository extends ImmutabilityRule {
  readonly instanceId: string
  readonly instanceName: string
  readonly regionId: string
  readonly repositoryId: string
  readonly repositoryPath: string
  readonly type: 'PUBLIC' | 'PRIVATE'
}

/** The repositories by id; those that are gone are absent. */
export async function describeFoundRepositories(
  source: SqlSource,
  ids: readonly string[],
): Promise<ReadonlyMap<string, FoundRepository>> {
  const rows = await source.read.$queryRaw<(Omit<FoundRepository, 'exemptTags'> & StoredPolicy)[]>`
    SELECT r."id" AS "repositoryId", r."path" AS "repositoryPath", r."type", r."immutabilityMode", r."exemptTags",
      i."id" AS "instanceId", i."name" AS "instanceName", i."regionId"
    FROM "Repository" r JOIN "Instance" i ON i."id" = r."instanceId"
    WHERE ${isOneOf(source, Prisma.sql`r."id"`, ids)} AND NOT r."isDeleted"`
  return new Map(rows.map((row) => [row.repositoryId, withPolicy(row)]))
}

/** A tag that was found, with what it points at. */
export interface FoundTag extends Found {
  readonly digest: string
  readonly updatedAt: Date
}

/** The tags; those that are gone are absent. */
export async function describeFoundTags(source: SqlSource, found: readonly Found[]): Promise<FoundTag[]> {
  if (found.length === 0) return []
  return source.read.$queryRaw<FoundTag[]>`
    SELECT t."repositoryId", t."name" AS "text", t."digest", t."updatedAt" FROM "Tag" t
    WHERE (t."repositoryId", t."name") IN (VALUES ${pairs(found)})`
}

/** A manifest that was found. */
export interface FoundManifest extends Found {
  readonly mediaType: string
  readonly artifactType: string | null
  readonly createdAt: Date
}

/** The manifests; those that are gone are absent. */
export async function describeFoundManifests(source: SqlSource, found: readonly Found[]): Promise<FoundManifest[]> {
  if (found.length === 0) return []
  return source.read.$queryRaw<FoundManifest[]>`
    SELECT m."repositoryId", m."digest" AS "text", m."mediaType", m."createdAt", ${shownArtifactType}
    FROM "Manifest" m WHERE (m."repositoryId", m."digest") IN (VALUES ${pairs(found)})`
}

/** Some tags that point at manifests: at most `limit` of each. */
export async function listTagsOfFound(
  source: SqlSource,
  found: readonly Found[],
  limit: number,
): Promise<{ readonly repositoryId: string; readonly digest: string; readonly name: string }[]> {
  if (found.length === 0) return []
  // Not in order: a manifest may have 100,000 tags.
  const parts = found.map(
    ({ repositoryId, text }) => Prisma.sql`SELECT * FROM (
      SELECT t."repositoryId", t."digest", t."name" FROM "Tag" t
      WHERE t."repositoryId" = ${repositoryId} AND t."digest" = ${text} LIMIT ${limit}) AS part`,
  )
  return source.read.$queryRaw`${Prisma.join(parts, ' UNION ALL ')}`
}

function pairs(found: readonly Found[]): Sql {
  return Prisma.join(found.map(({ repositoryId, text }) => Prisma.sql`(${repositoryId}, ${text})`))
}

/** A robot that was found, and where it is. */
export interface FoundRobot {
  readonly id: string
  readonly name: string
  readonly instanceId: string
  readonly instanceName: string
  readonly regionId: string
}

/** Up to `limit` robots by name, whose name holds a text: those of instances that the viewer manages. */
export async function listFoundRobots(
  source: SqlSource,
  viewer: Viewer | null,
  text: string,
  limit: number,
): Promise<FoundRobot[]> {
  const managed =
    viewer === null
      ? Prisma.empty
      : Prisma.sql`AND EXISTS (SELECT 1 FROM "Grant" g WHERE g."subjectId" = ${viewer.subjectId}
          AND g."scopeId" = b."instanceId" AND g."permission" = 'MANAGE')`
  return source.read.$queryRaw<FoundRobot[]>`
    SELECT b."id", b."name", b."instanceId", i."name" AS "instanceName", i."regionId"
    FROM "Robot" b JOIN "Instance" i ON i."id" = b."instanceId"
    WHERE ${contains(Prisma.sql`b."name"`, text)} ${managed} ORDER BY b."name", b."id" LIMIT ${limit}`
}

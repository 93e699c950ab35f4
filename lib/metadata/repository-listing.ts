import { type Viewer, manageableRepository, visibleRepository } from './access'
import type { ImmutabilityMode, ImmutabilityRule } from '@/lib/domain/immutability'
import { isOneOf } from './engine/batches'
import type { Source, SqlSource } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type Slice, type Sql, allOf, contains, inOrder } from './engine/listing'
import { type StoredPolicy, withPolicy } from './immutability-policies'
import { type RepositoryRow, type StoredRepositoryRow, toRepositoryRow } from './repository-settings'

/** Which repositories a list shows; what is absent does not matter. */
export interface MatchingRepositories {
  /** Exact name of a namespace. */
  readonly namespace?: string | undefined
  /** Exact name in its namespace. */
  readonly name?: string | undefined
  /** Part of `<namespace>/<name>`. */
  readonly search?: string | undefined
  readonly type?: 'PUBLIC' | 'PRIVATE' | undefined
  /** Whether the policy is in force (mode `enforce`). */
  readonly tagImmutability?: boolean | undefined
  readonly immutabilityMode?: ImmutabilityMode | undefined
}

/** Which repositories of an instance a list shows: of those a viewer may pull from. */
export interface RepositoryFilter extends MatchingRepositories {
  readonly viewer: Viewer | null
  readonly instanceId: string
  /** Only these. */
  readonly ids?: readonly string[] | undefined
}

/** What a list of repositories can be sorted by. */
export type RepositorySortKey = 'name' | 'createdAt' | 'updatedAt' | 'size' | 'tags' | 'lastPushedAt'

/** The last push of a repository that was never pushed to, in the order of last pushes. */
export const neverPushed = new Date(0)

/** Sort keys that are columns of the repository: an index has their order. */
const ownColumns = {
  name: Prisma.sql`r."name"`,
  createdAt: Prisma.sql`r."createdAt"`,
  updatedAt: Prisma.sql`r."updatedAt"`,
} as const

/** Sort keys that are totals, which are in one row of SQLite and in several of PostgreSQL. */
const totalColumns = {
  size: { one: Prisma.sql`"sizeBytes"`, all: Prisma.sql`sum("sizeBytes")` },
  tags: { one: Prisma.sql`"tags"`, all: Prisma.sql`sum("tags")` },
  lastPushedAt: {
    one: Prisma.sql`coalesce("lastPushedAt", ${neverPushed})`,
    all: Prisma.sql`coalesce(max("lastPushedAt"), ${neverPushed})`,
  },
} as const

const selected = Prisma.sql`
  SELECT r."id", r."instanceId", r."namespaceId", r."name", r."path", r."type", r."immutabilityMode", r."exemptTags",
    r."immutabilitySource", r."summary", r."description", r."version", r."createdAt", r."updatedAt", r."updatedBy"`

/** Repositories of an instance, sorted; those with equal keys by path. */
export async function listRepositories(
  db: SqlSource,
  filter: RepositoryFilter,
  sortKey: RepositorySortKey,
  slice: Slice,
): Promise<RepositoryRow[]> {
  const rows = await db.read.$queryRaw<StoredRepositoryRow[]>`${
    sortKey === 'size' || sortKey === 'tags' || sortKey === 'lastPushedAt'
      ? selectByTotal(db, filter, totalColumns[sortKey], slice)
      : Prisma.sql`${selected} FROM "Repository" r
          WHERE ${matching(db, filter)} ${inOrder(ownColumns[sortKey], Prisma.sql`r."path"`, slice)}`
  }`
  return rows.map(toRepositoryRow)
}

/**
 * The totals are sorted each time. No index can have the order of sums; on SQLite one could, but each push would change it
 * in three places.
 */
function selectByTotal(
  source: SqlSource,
  filter: RepositoryFilter,
  total: (typeof totalColumns)[keyof typeof totalColumns],
  slice: Slice,
): Sql {
  const key = Prisma.sql`keyed."key"`
  const tie = Prisma.sql`keyed."path"`
  const [once, totals] =
    source.provider === 'sqlite'
      ? [
          Prisma.empty,
          Prisma.sql`SELECT "repositoryId", ${total.one} AS "key" FROM "RepositoryTotals" WHERE "slot" = 0`,
        ]
      : [
          Prisma.sql`MATERIALIZED`,
          Prisma.sql`SELECT "repositoryId", ${total.all} AS "key" FROM "RepositoryTotals" GROUP BY "repositoryId"`,
        ]
  return Prisma.sql`
    WITH keyed AS ${once} (
      SELECT r."id", r."path", t."key" FROM (${totals}) AS t
      JOIN "Repository" r ON r."id" = t."repositoryId" WHERE ${matching(source, filter)})
    ${selected} FROM (SELECT * FROM keyed WHERE 1 = 1 ${inOrder(key, tie, slice)}) AS keyed
    JOIN "Repository" r ON r."id" = keyed."id" WHERE 1 = 1 ${inOrder(key, tie, { ...slice, after: null, skip: 0 })}`
}

/** How many repositories the list has. */
export async function countRepositories(db: Source, filter: RepositoryFilter): Promise<number> {
  const [row] = await db.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM "Repository" r WHERE ${matching(db, filter)}`
  return Number(row?.count)
}

function matching(source: SqlSource, filter: RepositoryFilter): Sql {
  const { viewer, instanceId, ids, namespace, name, search, type, tagImmutability, immutabilityMode } = filter
  return allOf([
    Prisma.sql`r."instanceId" = ${instanceId}`,
    visibleRepository(viewer),
    ids === undefined ? undefined : Prisma.sql`${isOneOf(source, Prisma.sql`r."id"`, ids)}`,
    namespace === undefined
      ? undefined
      : Prisma.sql`r."namespaceId" IN (
          SELECT "id" FROM "Namespace" WHERE "instanceId" = ${instanceId} AND "name" = ${namespace})`,
    name === undefined ? undefined : Prisma.sql`r."name" = ${name}`,
    search === undefined ? undefined : contains(Prisma.sql`r."path"`, search),
    type === undefined ? undefined : Prisma.sql`r."type" = ${type}`,
    tagImmutability === undefined ? undefined : Prisma.sql`(r."immutabilityMode" = 'enforce') = ${tagImmutability}`,
    // As text: PostgreSQL compares its enum with no parameter of text.
    immutabilityMode === undefined ? undefined : Prisma.sql`CAST(r."immutabilityMode" AS TEXT) = ${immutabilityMode}`,
  ])
}

/** A repository of the list that its viewer may manage, with its policy. */
export interface ManagedRepository extends ImmutabilityRule {
  readonly id: string
  readonly path: string
}

/**
 * Up to `limit` repositories of the list that its viewer may manage, by path, those after the path `last`; none that
 * was created after `createdUntil`.
 */
export async function listManagedRepositories(
  source: SqlSource,
  filter: RepositoryFilter,
  { last, limit, createdUntil }: { readonly last: string; readonly limit: number; readonly createdUntil: Date },
): Promise<ManagedRepository[]> {
  const rows = await source.read.$queryRaw<(StoredPolicy & Pick<ManagedRepository, 'id' | 'path'>)[]>`
    SELECT r."id", r."path", r."immutabilityMode", r."exemptTags" FROM "Repository" r
    WHERE ${matching(source, filter)} AND ${manageableRepository(filter.viewer)} AND r."path" > ${last}
      AND r."createdAt" <= ${createdUntil}
    ORDER BY r."path" LIMIT ${limit}`
  return rows.map(withPolicy)
}

/** How many repositories of the list its viewer may manage. */
export async function countManagedRepositories(source: SqlSource, filter: RepositoryFilter): Promise<number> {
  const [row] = await source.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM "Repository" r WHERE ${matching(source, filter)} AND ${manageableRepository(filter.viewer)}`
  return Number(row?.count)
}

/** The paths of those of the repositories that a viewer may pull from, by id. */
export async function findVisiblePaths(
  source: SqlSource,
  viewer: Viewer | null,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await source.read.$queryRaw<Pick<ManagedRepository, 'id' | 'path'>[]>`
    SELECT r."id", r."path" FROM "Repository" r WHERE r."id" IN (${Prisma.join([...ids])}) AND ${visibleRepository(viewer)}`
  return new Map(rows.map(({ id, path }) => [id, path]))
}

/**
 * Up to `limit` paths after `last`, in byte order: of the repositories of an instance that the viewer may pull from.
 */
export async function listRepositoryPaths(
  source: SqlSource,
  viewer: Viewer | null,
  instanceId: string,
  { limit, last }: { readonly limit: number; readonly last: string },
): Promise<string[]> {
  const condition = allOf([
    Prisma.sql`r."instanceId" = ${instanceId} AND r."path" > ${last}`,
    visibleRepository(viewer),
  ])
  const rows = await source.read.$queryRaw<{ path: string }[]>`
    SELECT r."path" FROM "Repository" r WHERE ${condition} ORDER BY r."path" LIMIT ${limit}`
  return rows.map(({ path }) => path)
}

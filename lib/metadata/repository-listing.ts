import { setImmediate } from 'node:timers/promises'
import { type Viewer, manageableRepository, visibleRepository } from './access'
import type { ImmutabilityMode, ImmutabilityRule } from '@/lib/domain/immutability'
import { asJsonKeys } from './engine/batches'
import type { Source, SqlSource } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type Position, type Slice, type Sql, allOf, contains, inOrder } from './engine/listing'
import { type StoredPolicy, withPolicy } from './immutability-policies'
import {
  type RepositoryRow,
  type StoredRepositoryRow,
  getRepositorySizes,
  toRepositoryRow,
} from './repository-settings'

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

const lastPushOf = (kind: Sql) => Prisma.sql`
  SELECT max(e."createdAt") AS "at" FROM "TagEvent" e WHERE e."repositoryId" = r."id" AND e."kind" = ${kind}`

const sortColumns: Record<Exclude<RepositorySortKey, 'size'>, Sql> = {
  name: Prisma.sql`r."name"`,
  createdAt: Prisma.sql`r."createdAt"`,
  updatedAt: Prisma.sql`r."updatedAt"`,
  tags: Prisma.sql`(SELECT count(*) FROM "Tag" t WHERE t."repositoryId" = r."id")`,
  // Each kind by itself: the newest entry is the end of a range of the index.
  lastPushedAt: Prisma.sql`coalesce((SELECT max("at") FROM (
    ${lastPushOf(Prisma.sql`'CREATED'`)} UNION ALL ${lastPushOf(Prisma.sql`'MOVED'`)}
    UNION ALL ${lastPushOf(Prisma.sql`'RESTORED'`)}) AS pushes), ${neverPushed})`,
}

/** Repositories of an instance, sorted; those with equal keys by path. */
export async function listRepositories(
  db: Source,
  filter: RepositoryFilter,
  sortKey: RepositorySortKey,
  slice: Slice,
): Promise<RepositoryRow[]> {
  if (sortKey === 'size') return listBySize(db, filter, slice)
  const key = Prisma.sql`keyed."key"`
  const tie = Prisma.sql`keyed."path"`
  // What it is sorted by is computed once for each repository: it is in the order and in its start.
  const rows = await db.read.$queryRaw<StoredRepositoryRow[]>`
    WITH keyed AS MATERIALIZED (
      SELECT r."id", r."path", ${sortColumns[sortKey]} AS "key" FROM "Repository" r WHERE ${matching(filter)})
    SELECT r."id", r."instanceId", r."namespaceId", r."name", r."path", r."type", r."immutabilityMode", r."exemptTags",
      r."immutabilitySource", r."summary", r."description", r."version", r."createdAt", r."updatedAt", r."updatedBy"
    FROM (SELECT * FROM keyed WHERE 1 = 1 ${inOrder(key, tie, slice)}) AS keyed
    JOIN "Repository" r ON r."id" = keyed."id" WHERE 1 = 1 ${inOrder(key, tie, { ...slice, after: null, skip: 0 })}`
  return rows.map(toRepositoryRow)
}

/** Repositories whose sizes are added up at once: what a hundred images each hold takes some 20 ms. */
const sizesOfStep = 25

/** Adding up what all of them hold takes a second in a large registry: other requests run between the steps. */
async function listBySize(
  db: Source,
  filter: RepositoryFilter,
  { descending, after, limit, skip = 0 }: Slice,
): Promise<RepositoryRow[]> {
  const all = await db.read.$queryRaw<{ id: string; path: string }[]>`
    SELECT r."id", r."path" FROM "Repository" r WHERE ${matching(filter)}`
  const keyed: { id: string; key: bigint; tie: string }[] = []
  for (let at = 0; at < all.length; at += sizesOfStep) {
    const step = all.slice(at, at + sizesOfStep)
    const sizeOf = await getRepositorySizes(
      db,
      step.map(({ id }) => id),
    )
    keyed.push(...step.map(({ id, path }) => ({ id, key: BigInt(sizeOf(id)), tie: path })))
    await setImmediate()
  }
  const sign = descending ? -1 : 1
  const compare = (one: Position, other: Position) =>
    sign * (one.key === other.key ? order(one.tie, other.tie) : order(one.key, other.key))
  const ids = keyed
    .filter((row) => after === null || compare(row, after) > 0)
    .sort(compare)
    .slice(skip, skip + limit)
    .map(({ id }) => id)
  const rows = new Map(
    (await listRepositories(db, { ...filter, ids }, 'name', { descending, after: null, limit })).map((row) => [
      row.id,
      row,
    ]),
  )
  return ids.map((id) => rows.get(id)).filter((row) => row !== undefined)
}

/** Paths have ASCII letters only: their order here is that of the database. */
function order<T>(one: T, other: T): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** How many repositories the list has. */
export async function countRepositories(db: Source, filter: RepositoryFilter): Promise<number> {
  const [row] = await db.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM "Repository" r WHERE ${matching(filter)}`
  return Number(row?.count)
}

function matching(filter: RepositoryFilter): Sql {
  const { viewer, instanceId, ids, namespace, name, search, type, tagImmutability, immutabilityMode } = filter
  return allOf([
    Prisma.sql`r."instanceId" = ${instanceId}`,
    visibleRepository(viewer),
    ids === undefined ? undefined : Prisma.sql`r."id" IN (SELECT "key" FROM json_each(${asJsonKeys(ids)}))`,
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
    WHERE ${matching(filter)} AND ${manageableRepository(filter.viewer)} AND r."path" > ${last}
      AND r."createdAt" <= ${createdUntil}
    ORDER BY r."path" LIMIT ${limit}`
  return rows.map(withPolicy)
}

/** How many repositories of the list its viewer may manage. */
export async function countManagedRepositories(source: SqlSource, filter: RepositoryFilter): Promise<number> {
  const [row] = await source.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM "Repository" r WHERE ${matching(filter)} AND ${manageableRepository(filter.viewer)}`
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

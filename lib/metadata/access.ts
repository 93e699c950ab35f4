import type { SqlSource } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type Sql, allOf } from './engine/listing'

/** What is asked for: an instance, a namespace or a repository. */
export type ScopeKind = 'instance' | 'namespace' | 'repository'

/** The subject that a list is made for; null: it shows everything. */
export interface Viewer {
  /** Id of the user or robot. */
  readonly subjectId: string
}

/** Rank of a permission column, in the order of `permissions` of the domain. */
const rank = Prisma.sql`CASE g."permission" WHEN 'MANAGE' THEN 3 WHEN 'PUSH' THEN 2 ELSE 1 END`

/**
 * The rank of the highest permission that a subject has on a thing: on the thing itself, or on what contains it. `ids`
 * are the columns or values with the ids of these. 0 without a grant.
 */
function grantedRank(subjectId: string, ids: readonly (Sql | string)[]): Sql {
  return Prisma.sql`(SELECT COALESCE(MAX(${rank}), 0) FROM "Grant" g
    WHERE g."subjectId" = ${subjectId} AND g."scopeId" IN (${Prisma.join([...ids])}))`
}

/** Whether a subject may do something on an instance, or on anything in it. */
function hasGrantIn(subjectId: string, column: Sql, id: Sql): Sql {
  return Prisma.sql`EXISTS (SELECT 1 FROM "Grant" g WHERE g."subjectId" = ${subjectId} AND ${column} = ${id})`
}

/** Instances a viewer knows of: with a grant in them, or with a PUBLIC repository. `i` is the instance's table. */
export function visibleInstance(viewer: Viewer | null): Sql | undefined {
  if (viewer === null) return undefined
  return Prisma.sql`(${hasGrantIn(viewer.subjectId, Prisma.sql`g."instanceId"`, Prisma.sql`i."id"`)}
    OR EXISTS (SELECT 1 FROM "Repository" p WHERE p."instanceId" = i."id" AND p."type" = 'PUBLIC' AND NOT p."isDeleted"))`
}

/** Namespaces a viewer knows of: with a grant on or in them or on the instance, or with a PUBLIC repository. */
export function visibleNamespace(viewer: Viewer | null): Sql | undefined {
  if (viewer === null) return undefined
  return Prisma.sql`(${hasGrantIn(viewer.subjectId, Prisma.sql`g."scopeId"`, Prisma.sql`n."instanceId"`)}
    OR ${hasGrantIn(viewer.subjectId, Prisma.sql`g."namespaceId"`, Prisma.sql`n."id"`)}
    OR EXISTS (SELECT 1 FROM "Repository" p WHERE p."namespaceId" = n."id" AND p."type" = 'PUBLIC' AND NOT p."isDeleted"))`
}

/**
 * Repositories a viewer may pull from: PUBLIC ones, and those that a grant reaches. `r` is the repository's table. None
 * that is being deleted, whoever the viewer is.
 */
export function visibleRepository(viewer: Viewer | null): Sql {
  if (viewer === null) return Prisma.sql`NOT r."isDeleted"`
  return Prisma.sql`NOT r."isDeleted" AND (r."type" = 'PUBLIC' OR EXISTS (SELECT 1 FROM "Grant" g WHERE g."subjectId" = ${viewer.subjectId}
    AND g."scopeId" IN (r."id", r."namespaceId", r."instanceId")))`
}

/**
 * The same as `visibleRepository` for a list of all that a viewer sees: it reads by indexes what they are granted and
 * what is PUBLIC, where the other one asks about each repository that there is.
 */
export function visibleInSet(viewer: Viewer | null): Sql {
  if (viewer === null) return visibleRepository(null)
  const granted = Prisma.sql`(SELECT g."scopeId" FROM "Grant" g WHERE g."subjectId" = ${viewer.subjectId})`
  return Prisma.sql`NOT r."isDeleted" AND r."id" IN (
    SELECT c."id" FROM "Repository" c WHERE c."id" IN ${granted}
    UNION SELECT c."id" FROM "Repository" c WHERE c."namespaceId" IN ${granted}
    UNION SELECT c."id" FROM "Repository" c WHERE c."instanceId" IN ${granted}
    UNION SELECT c."id" FROM "Instance" i JOIN "Repository" c ON c."instanceId" = i."id" AND c."type" = 'PUBLIC')`
}

/** Repositories a viewer may manage. `r` is the repository's table. None that is being deleted. */
export function manageableRepository(viewer: Viewer | null): Sql {
  if (viewer === null) return Prisma.sql`NOT r."isDeleted"`
  return Prisma.sql`NOT r."isDeleted" AND EXISTS (SELECT 1 FROM "Grant" g WHERE g."subjectId" = ${viewer.subjectId}
    AND g."permission" = 'MANAGE' AND g."scopeId" IN (r."id", r."namespaceId", r."instanceId"))`
}

/** Whether a viewer manages an instance or anything in it. */
export async function managesAnythingIn(
  source: SqlSource,
  viewer: Viewer | null,
  instanceId: string,
): Promise<boolean> {
  if (viewer === null) return true
  const rows = await source.read.$queryRaw<unknown[]>`
    SELECT 1 FROM "Grant" g WHERE g."subjectId" = ${viewer.subjectId} AND g."instanceId" = ${instanceId}
      AND g."permission" = 'MANAGE' LIMIT 1`
  return rows.length > 0
}

/**
 * What a subject may do on a thing, as a rank; null when the thing does not exist or the subject cannot see it. On a
 * PUBLIC repository everyone has the rank of a pull.
 */
export async function findRank(
  source: SqlSource,
  viewer: Viewer | null,
  { kind, id }: { readonly kind: ScopeKind; readonly id: string },
): Promise<number | null> {
  const [row] = await source.read.$queryRaw<{ rank: bigint | number }[]>`
    ${selectRanks[kind](viewer)} WHERE ${allOf([Prisma.sql`${columns[kind]} = ${id}`, visible[kind](viewer)])}`
  return row === undefined ? null : Number(row.rank)
}

/** What a subject may do on each of the things that a list shows, as ranks; 0 for those that are gone. */
export async function listRanks(
  source: SqlSource,
  viewer: Viewer | null,
  kind: ScopeKind,
  ids: readonly string[],
): Promise<(id: string) => number> {
  if (viewer === null) return () => everythingRank
  if (ids.length === 0) return () => 0
  const rows = await source.read.$queryRaw<{ id: string; rank: bigint | number }[]>`
    ${selectRanks[kind](viewer)} WHERE ${columns[kind]} IN (${Prisma.join([...ids])})`
  const ranks = new Map(rows.map((row) => [row.id, Number(row.rank)]))
  return (id) => ranks.get(id) ?? 0
}

/** A namespace, and the rank of what the caller is granted on it. */
export interface NamespaceForCaller {
  readonly id: string
  readonly rank: number
}

/** The namespace of this name with the rank of what a subject is granted on it, or null. */
export async function findNamespaceForCaller(
  source: SqlSource,
  subjectId: string,
  instanceId: string,
  name: string,
): Promise<NamespaceForCaller | null> {
  const [row] = await source.read.$queryRaw<{ id: string; rank: bigint | number }[]>`
    SELECT n."id", ${grantedRank(subjectId, [Prisma.sql`n."id"`, Prisma.sql`n."instanceId"`])} AS "rank"
    FROM "Namespace" n WHERE n."instanceId" = ${instanceId} AND n."name" = ${name}`
  return row === undefined ? null : { id: row.id, rank: Number(row.rank) }
}

/** What an administrator may do everywhere, as a rank. */
const everythingRank = 3

const columns = { instance: Prisma.sql`i."id"`, namespace: Prisma.sql`n."id"`, repository: Prisma.sql`r."id"` }

/** Id and rank of each thing, before WHERE. The tables are named as the conditions of visibility name them. */
const selectRanks: Record<ScopeKind, (viewer: Viewer | null) => Sql> = {
  instance: (viewer) => Prisma.sql`SELECT i."id", ${rankOn(viewer, [columns.instance])} AS "rank" FROM "Instance" i`,
  namespace: (viewer) => Prisma.sql`
    SELECT n."id", ${rankOn(viewer, [columns.namespace, Prisma.sql`n."instanceId"`])} AS "rank" FROM "Namespace" n`,
  repository: (viewer) => {
    const granted = rankOn(viewer, [columns.repository, Prisma.sql`r."namespaceId"`, Prisma.sql`r."instanceId"`])
    return Prisma.sql`
      SELECT r."id", CASE WHEN r."type" = 'PUBLIC' AND ${granted} = 0 THEN 1 ELSE ${granted} END AS "rank"
      FROM "Repository" r`
  },
}

const visible: Record<ScopeKind, (viewer: Viewer | null) => Sql | undefined> = {
  instance: visibleInstance,
  namespace: visibleNamespace,
  repository: visibleRepository,
}

function rankOn(viewer: Viewer | null, ids: readonly Sql[]): Sql {
  return viewer === null ? Prisma.sql`3` : grantedRank(viewer.subjectId, ids)
}

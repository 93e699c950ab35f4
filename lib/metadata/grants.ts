import { type Permission, robotNamePrefix } from '@/lib/domain/access'
import { AppError } from '@/lib/domain/errors'
import type { ScopeKind, Viewer } from './access'
import type { Source, Transaction } from './engine/database'
import { isForeignKeyViolation, isUniqueViolation } from './engine/failures'
import { Prisma } from './generated/sqlite/client'
import { type Slice, type Sql, allOf, contains, inOrder } from './engine/listing'

/** What a grant is for: a whole instance, a namespace of it, or a repository. */
export interface GrantScope {
  readonly kind: ScopeKind
  readonly id: string
  readonly instanceId: string
  /** Of the namespace, or of the one the repository is in; null for an instance. */
  readonly namespaceId: string | null
  readonly repositoryId: string | null
}

/** The user or robot that has a grant. */
export interface GrantSubject {
  readonly type: 'USER' | 'ROBOT'
  readonly id: string
  /** As in records: a robot's name has its prefix. */
  readonly name: string
  /** A user's display name, a robot's description. */
  readonly description: string
}

/** A grant as stored, with the names that belong to its ids. */
export interface GrantRow {
  readonly id: string
  readonly subjectType: 'USER' | 'ROBOT'
  readonly subjectId: string
  readonly subjectName: string
  readonly subjectDescription: string
  readonly isSubjectDisabled: boolean
  readonly instanceId: string
  readonly regionId: string
  readonly instanceName: string
  readonly namespaceId: string | null
  readonly namespace: string | null
  readonly repositoryId: string | null
  readonly repository: string | null
  readonly scopeId: string
  readonly permission: Permission
  readonly version: number
  readonly createdAt: Date
  readonly createdBy: string
}

/** Which grants a list shows. */
export interface GrantFilter {
  readonly subjectId?: string | undefined
  readonly subjectType?: GrantSubject['type'] | undefined
  readonly permission?: Permission | undefined
  /** Part of the subject's name. */
  readonly search?: string | undefined
  /** `within`: on the thing and on what it contains. `reaching`: on the thing and on what contains it. */
  readonly scope?: { readonly of: GrantScope; readonly relation: 'within' | 'reaching' } | undefined
}

/** What a list of grants can be sorted by. */
export type GrantSortKey = 'subject' | 'createdAt'

const subjectName = Prisma.sql`COALESCE(u."name", ${robotNamePrefix} || b."name")`

const from = Prisma.sql`FROM "Grant" g
  LEFT JOIN "User" u ON u."id" = g."userId"
  LEFT JOIN "Robot" b ON b."id" = g."robotId"`

const sortColumns: Record<GrantSortKey, Sql> = { subject: subjectName, createdAt: Prisma.sql`g."createdAt"` }

/** The columns with a scope's ids, the narrowest first. */
const levels = [Prisma.sql`g."repositoryId"`, Prisma.sql`g."namespaceId"`, Prisma.sql`g."instanceId"`]

const selected = {
  id: true,
  subjectId: true,
  instanceId: true,
  namespaceId: true,
  repositoryId: true,
  scopeId: true,
  permission: true,
  version: true,
  createdAt: true,
  createdBy: true,
  user: { select: { name: true, displayName: true, isDisabled: true } },
  robot: { select: { name: true, description: true, isDisabled: true } },
  instance: { select: { name: true, regionId: true } },
  namespace: { select: { name: true } },
  repository: { select: { name: true } },
} as const satisfies Prisma.GrantSelect

function toRow({
  user,
  robot,
  instance,
  namespace,
  repository,
  ...grant
}: Prisma.GrantGetPayload<{ select: typeof selected }>): GrantRow {
  return {
    ...grant,
    subjectType: user === null ? 'ROBOT' : 'USER',
    subjectName: user?.name ?? `${robotNamePrefix}${robot?.name ?? ''}`,
    subjectDescription: user?.displayName ?? robot?.description ?? '',
    isSubjectDisabled: user?.isDisabled ?? robot?.isDisabled ?? false,
    regionId: instance.regionId,
    instanceName: instance.name,
    namespace: namespace?.name ?? null,
    repository: repository?.name ?? null,
  }
}

/** The grant, or null. */
export async function findGrant(db: Source, id: string): Promise<GrantRow | null> {
  const grant = await db.prisma.grant.findUnique({ where: { id }, select: selected })
  return grant && toRow(grant)
}

/** Grants that a viewer may know of, in order; those with equal keys by id. */
export async function listGrants(
  db: Source,
  viewer: Viewer | null,
  filter: GrantFilter,
  sortKey: GrantSortKey,
  slice: Slice,
): Promise<GrantRow[]> {
  const ordered = await db.read.$queryRaw<{ id: string }[]>`
    SELECT g."id" ${from} WHERE ${matching(viewer, filter)}
    ${inOrder(sortColumns[sortKey], Prisma.sql`g."id"`, slice)}`
  const grants = await db.prisma.grant.findMany({
    where: { id: { in: ordered.map(({ id }) => id) } },
    select: selected,
  })
  const byId = new Map(grants.map((grant) => [grant.id, toRow(grant)]))
  return ordered.flatMap(({ id }) => byId.get(id) ?? [])
}

/** How many grants the list has. */
export async function countGrants(db: Source, viewer: Viewer | null, filter: GrantFilter): Promise<number> {
  const [row] = await db.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" ${from} WHERE ${matching(viewer, filter)}`
  return Number(row?.count)
}

function matching(viewer: Viewer | null, { subjectId, subjectType, permission, search, scope }: GrantFilter): Sql {
  return allOf([
    viewer === null ? undefined : Prisma.sql`(g."subjectId" = ${viewer.subjectId} OR ${isManageable(viewer)})`,
    subjectId === undefined ? undefined : Prisma.sql`g."subjectId" = ${subjectId}`,
    subjectType === undefined
      ? undefined
      : subjectType === 'USER'
        ? Prisma.sql`g."userId" IS NOT NULL`
        : Prisma.sql`g."robotId" IS NOT NULL`,
    permission === undefined ? undefined : Prisma.sql`g."permission" = ${permission}`,
    search === undefined ? undefined : contains(subjectName, search),
    scope && inScope(scope),
  ])
}

function inScope({ of, relation }: NonNullable<GrantFilter['scope']>): Sql {
  if (relation === 'within') {
    const column = { instance: levels[2], namespace: levels[1], repository: levels[0] }[of.kind] ?? Prisma.empty
    return Prisma.sql`${column} = ${of.id}`
  }
  const ids = [of.instanceId, of.namespaceId, of.repositoryId].filter((id) => id !== null)
  return Prisma.sql`g."scopeId" IN (${Prisma.join(ids)})`
}

/** Whether a viewer may manage what a grant is for. */
function isManageable(viewer: Viewer): Sql {
  return Prisma.sql`EXISTS (SELECT 1 FROM "Grant" m WHERE m."subjectId" = ${viewer.subjectId}
    AND m."permission" = 'MANAGE' AND m."scopeId" IN (${Prisma.join(levels)}))`
}

/** Those of the grants whose scope a viewer may manage. */
export async function listManageable(db: Source, viewer: Viewer | null, ids: readonly string[]): Promise<Set<string>> {
  if (viewer === null || ids.length === 0) return new Set(ids)
  const rows = await db.read.$queryRaw<{ id: string }[]>`
    SELECT g."id" FROM "Grant" g WHERE g."id" IN (${Prisma.join([...ids])}) AND ${isManageable(viewer)}`
  return new Set(rows.map(({ id }) => id))
}

/** What a subject is granted, in short. */
export interface GrantInShort {
  readonly permission: Permission
  readonly scopeId: string
  /** Null for a grant on an instance. */
  readonly namespace: string | null
  readonly repository: string | null
}

/** The grants of a subject that a list shows of it. */
export interface GrantsInShort {
  /** The strongest first; those of equal strength by path, an instance before what is in it. */
  readonly grants: readonly GrantInShort[]
  /** How many there are, also when `grants` does not have all. */
  readonly grantCount: number
}

/** For each of the subjects, its strongest grants: at most `max` each. */
export async function listStrongestGrants(
  db: Source,
  subjectIds: readonly string[],
  max: number,
): Promise<(subjectId: string) => GrantsInShort> {
  if (subjectIds.length === 0) return () => ({ grants: [], grantCount: 0 })
  const rows = await db.read.$queryRaw<(GrantInShort & { subjectId: string; count: bigint })[]>`
    SELECT s."subjectId", s."permission", s."scopeId", s."namespace", s."repository", s."count" FROM (
      SELECT g."subjectId", g."permission", g."scopeId", n."name" AS "namespace", r."name" AS "repository",
        count(*) OVER (PARTITION BY g."subjectId") AS "count",
        row_number() OVER (PARTITION BY g."subjectId" ORDER BY
          CASE g."permission" WHEN 'MANAGE' THEN 0 WHEN 'PUSH' THEN 1 ELSE 2 END,
          COALESCE(n."name", ''), COALESCE(r."name", '')) AS "place"
      FROM "Grant" g
      LEFT JOIN "Namespace" n ON n."id" = g."namespaceId"
      LEFT JOIN "Repository" r ON r."id" = g."repositoryId"
      WHERE g."subjectId" IN (${Prisma.join([...subjectIds])})
    ) s WHERE s."place" <= ${max} ORDER BY s."subjectId", s."place"`
  return (id) => {
    const own = rows.filter(({ subjectId }) => subjectId === id)
    const grants = own.map(({ permission, scopeId, namespace, repository }) => ({
      permission,
      scopeId,
      namespace,
      repository,
    }))
    return { grants, grantCount: Number(own[0]?.count ?? 0) }
  }
}

/** Most grants that the record of a deletion names. */
const namedGrantsMax = 100

/** Grants that a deletion also deletes, for its audit event. */
export interface LostGrants {
  readonly grants: readonly { readonly subject: string; readonly scopeId: string; readonly permission: Permission }[]
  /** How many there are, also when `grants` does not name all. */
  readonly grantCount: number
}

/** The grants that are deleted with their subject, their scope or their instance; an empty object without any. */
export async function listLostGrants(
  db: Source,
  where: { readonly subjectId: string } | { readonly scopeId: string } | { readonly instanceId: string },
): Promise<LostGrants | Record<string, never>> {
  const rows = await db.prisma.grant.findMany({ where, select: selected, orderBy: { id: 'asc' }, take: namedGrantsMax })
  const grants = rows
    .map(toRow)
    .map(({ subjectName: subject, scopeId, permission }) => ({ subject, scopeId, permission }))
  return grants.length === 0 ? {} : { grants, grantCount: await db.prisma.grant.count({ where }) }
}

/** The instance, namespace or repository of an id, whichever it is; null when there is none. */
export async function findGrantScope(db: Source, id: string): Promise<GrantScope | null> {
  const [row] = await db.read.$queryRaw<Omit<GrantScope, 'id'>[]>`
    SELECT 'instance' AS "kind", "id" AS "instanceId", NULL AS "namespaceId", NULL AS "repositoryId"
      FROM "Instance" WHERE "id" = ${id}
    UNION ALL SELECT 'namespace', "instanceId", "id", NULL FROM "Namespace" WHERE "id" = ${id}
    UNION ALL SELECT 'repository', "instanceId", "namespaceId", "id" FROM "Repository" WHERE "id" = ${id} AND NOT "isDeleted"`
  return row === undefined ? null : { ...row, id }
}

/** The user, or the robot of the instance, of an id; null when there is none. */
export async function findGrantSubject(db: Source, instanceId: string, id: string): Promise<GrantSubject | null> {
  const user = await db.prisma.user.findUnique({ where: { id }, select: { name: true, displayName: true } })
  if (user !== null) return { type: 'USER', id, name: user.name, description: user.displayName }
  const robot = await db.prisma.robot.findFirst({
    where: { id, instanceId },
    select: { name: true, description: true },
  })
  if (robot === null) return null
  return { type: 'ROBOT', id, name: `${robotNamePrefix}${robot.name}`, description: robot.description }
}

/** Which users and robots a list shows that may be granted something of an instance. */
export interface GrantSubjectFilter {
  readonly instanceId: string
  /** Part of the name. */
  readonly search?: string | undefined
}

/** Users, and robots of an instance, by name. */
export async function listGrantSubjects(db: Source, filter: GrantSubjectFilter, slice: Slice): Promise<GrantSubject[]> {
  return db.read.$queryRaw<GrantSubject[]>`
    SELECT s.* FROM (${subjects(filter)}) s WHERE ${matchingSubjects(filter)}
    ${inOrder(Prisma.sql`s."name"`, Prisma.sql`s."id"`, slice)}`
}

/** How many subjects the list has. */
export async function countGrantSubjects(db: Source, filter: GrantSubjectFilter): Promise<number> {
  const [row] = await db.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM (${subjects(filter)}) s WHERE ${matchingSubjects(filter)}`
  return Number(row?.count)
}

function subjects({ instanceId }: GrantSubjectFilter): Sql {
  return Prisma.sql`
    SELECT 'USER' AS "type", u."id", u."name", u."displayName" AS "description" FROM "User" u
    UNION ALL
    SELECT 'ROBOT', b."id", ${robotNamePrefix} || b."name", b."description" FROM "Robot" b
      WHERE b."instanceId" = ${instanceId}`
}

function matchingSubjects({ search }: GrantSubjectFilter): Sql {
  if (search === undefined) return allOf([])
  return Prisma.sql`(${contains(Prisma.sql`s."name"`, search)} OR ${contains(Prisma.sql`s."description"`, search)})`
}

/**
 * Adds a grant. Throws ALREADY_EXISTS when the subject has one on the scope, and NOT_FOUND when subject or scope
 * was deleted meanwhile.
 */
export async function insertGrant(
  tx: Transaction,
  { id, permission, createdBy }: Pick<GrantRow, 'id' | 'permission' | 'createdBy'>,
  subject: GrantSubject,
  { id: scopeId, kind: _, ...ids }: GrantScope,
): Promise<void> {
  const bearer = subject.type === 'USER' ? { userId: subject.id } : { robotId: subject.id }
  try {
    await tx.prisma.grant.create({
      data: { id, subjectId: subject.id, ...bearer, ...ids, scopeId, permission, createdBy },
    })
  } catch (error) {
    if (isForeignKeyViolation(error)) throw new AppError('NOT_FOUND', { cause: error })
    if (!isUniqueViolation(error)) throw error
    const message = `${subject.name} has a grant on it: change that one`
    throw new AppError('ALREADY_EXISTS', { message, fields: [{ path: 'subjectId', message }], cause: error })
  }
}

/** Changes a grant that still has `version`; returns whether it had. */
export async function updateGrant(
  tx: Transaction,
  { id, version }: Pick<GrantRow, 'id' | 'version'>,
  permission: Permission,
): Promise<boolean> {
  const data = { permission, version: { increment: 1 } }
  const { count } = await tx.prisma.grant.updateMany({ where: { id, version }, data })
  return count > 0
}

/** Deletes a grant that still has `version`; returns whether it had. */
export async function deleteGrant(
  tx: Transaction,
  { id, version }: Pick<GrantRow, 'id' | 'version'>,
): Promise<boolean> {
  const { count } = await tx.prisma.grant.deleteMany({ where: { id, version } })
  return count > 0
}

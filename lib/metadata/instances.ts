import { AppError } from '@/lib/domain/errors'
import type { ImmutabilityMode } from '@/lib/domain/immutability'
import type { InstanceHostParts } from '@/lib/domain/instance-host'
import { type Viewer, visibleInstance } from './access'
import type { Source, SqlSource, Transaction } from './engine/database'
import { isForeignKeyViolation, isUniqueViolation } from './engine/failures'
import { Prisma } from './generated/sqlite/client'
import { type Slice, type Sql, allOf, contains, inOrder } from './engine/listing'
import { parseExemptTags, storeExemptTags } from './immutability-policies'
import { insertLog } from './transparency-logs'

/** An instance as stored. */
export interface InstanceRow {
  readonly id: string
  readonly regionId: string
  readonly name: string
  readonly specification: string
  readonly isDefault: boolean
  /** Whether PUBLIC repositories can be pulled from without credentials. */
  readonly allowAnonymousPull: boolean
  /** The immutability policy of new repositories, unless their namespace has its own default. */
  readonly defaultImmutabilityMode: ImmutabilityMode
  readonly defaultExemptTags: readonly string[]
  /** Whether everybody may read the transparency log. */
  readonly isLogPublic: boolean
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What may change of an instance. */
export type InstanceSettings = Pick<
  InstanceRow,
  'name' | 'allowAnonymousPull' | 'defaultImmutabilityMode' | 'defaultExemptTags' | 'isLogPublic'
>

/** An instance as a statement reads it. */
type StoredInstance = Omit<InstanceRow, 'defaultExemptTags'> & { readonly defaultExemptTags: string }

function toInstanceRow(stored: StoredInstance): InstanceRow {
  return { ...stored, defaultExemptTags: parseExemptTags(stored.defaultExemptTags) }
}

/**
 * Which instances a list shows: those a viewer knows of; of a region; with this name; whose name holds a text or whose id
 * it is.
 */
export interface InstanceFilter {
  readonly viewer: Viewer | null
  readonly regionId?: string | undefined
  readonly name?: string | undefined
  readonly search?: string | undefined
}

/** The instance, or null. */
export async function findInstance(db: Source, id: string): Promise<InstanceRow | null> {
  const row = await db.prisma.instance.findUnique({ where: { id } })
  return row === null ? null : toInstanceRow(row)
}

/** An instance, as a container client's request needs it. */
export interface InstanceForTraffic extends InstanceHostParts {
  readonly id: string
  readonly isDefault: boolean
  /** Whether PUBLIC repositories can be pulled from without credentials. */
  readonly allowAnonymousPull: boolean
}

/** The instance whose host name has these parts, or null. */
export async function findInstanceByHost(
  source: SqlSource,
  { name, regionId }: InstanceHostParts,
): Promise<InstanceForTraffic | null> {
  const [row] = await source.read.$queryRaw<InstanceForTraffic[]>`
    SELECT "id", "name", "regionId", "isDefault", "allowAnonymousPull" FROM "Instance" WHERE "regionId" = ${regionId} AND "name" = ${name}`
  return row ?? null
}

/** The instance with this id, or null. */
export async function findInstanceForTraffic(source: SqlSource, id: string): Promise<InstanceForTraffic | null> {
  const [row] = await source.read.$queryRaw<InstanceForTraffic[]>`
    SELECT "id", "name", "regionId", "isDefault", "allowAnonymousPull" FROM "Instance" WHERE "id" = ${id}`
  return row ?? null
}

/** An instance as the address of its log names it. */
export interface LoggedInstance {
  readonly id: string
  readonly regionId: string
  /** Whether everybody may read its log. */
  readonly isLogPublic: boolean
}

/** The instances of this name, of all regions, or the one with this id. */
export async function findLoggedInstances(source: SqlSource, name: string): Promise<LoggedInstance[]> {
  return source.read.$queryRaw<LoggedInstance[]>`
    SELECT "id", "regionId", "isLogPublic" FROM "Instance" WHERE "id" = ${name} OR "name" = ${name} ORDER BY "id"`
}

/** The parts of an instance's host names, or null. */
export async function findInstanceHostParts(source: SqlSource, id: string): Promise<InstanceHostParts | null> {
  const [row] = await source.read.$queryRaw<InstanceHostParts[]>`
    SELECT "name", "regionId" FROM "Instance" WHERE "id" = ${id}`
  return row ?? null
}

/** The instance that serves every host name that no instance has, or null while there is no instance. */
export async function findDefaultInstance(source: SqlSource): Promise<InstanceForTraffic | null> {
  const [row] = await source.read.$queryRaw<InstanceForTraffic[]>`
    SELECT "id", "name", "regionId", "isDefault", "allowAnonymousPull" FROM "Instance" WHERE "isDefault" LIMIT 1`
  return row ?? null
}

/** Instances by name. */
export async function listInstances(db: Source, filter: InstanceFilter, slice: Slice): Promise<InstanceRow[]> {
  const rows = await db.read.$queryRaw<StoredInstance[]>`
    SELECT i.* FROM "Instance" i WHERE ${matching(filter)} ${inOrder(Prisma.sql`i."name"`, Prisma.sql`i."id"`, slice)}`
  return rows.map(toInstanceRow)
}

/** How many instances the list has. */
export async function countInstances(db: Source, filter: InstanceFilter): Promise<number> {
  const [row] = await db.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM "Instance" i WHERE ${matching(filter)}`
  return Number(row?.count)
}

function matching({ viewer, regionId, name, search }: InstanceFilter): Sql {
  return allOf([
    visibleInstance(viewer),
    name === undefined ? undefined : Prisma.sql`i."name" = ${name}`,
    regionId === undefined ? undefined : Prisma.sql`i."regionId" = ${regionId}`,
    search === undefined ? undefined : Prisma.sql`(${contains(Prisma.sql`i."name"`, search)} OR i."id" = ${search})`,
  ])
}

/** How many instances that a viewer knows of each region has; a region without any is absent. */
export async function countInstancesByRegion(db: Source, viewer: Viewer | null): Promise<Map<string, number>> {
  const rows = await db.read.$queryRaw<{ regionId: string; count: bigint }[]>`
    SELECT i."regionId", count(*) AS "count" FROM "Instance" i WHERE ${allOf([visibleInstance(viewer)])}
    GROUP BY i."regionId"`
  return new Map(rows.map((row) => [row.regionId, Number(row.count)]))
}

/** Adds an instance, and its transparency log, which tells everything from the first. Throws ALREADY_EXISTS when its region has one of that name. */
export async function insertInstance(
  tx: Transaction,
  instance: Pick<InstanceRow, 'id' | 'regionId' | 'name' | 'specification' | 'isDefault'>,
): Promise<InstanceRow> {
  try {
    const row = toInstanceRow(await tx.prisma.instance.create({ data: instance }))
    await insertLog(tx, row.id, 'new')
    return row
  } catch (error) {
    throw isUniqueViolation(error) ? nameTaken(instance.name, error) : error
  }
}

/** Changes an instance that still has `version`; null when it has not. Throws ALREADY_EXISTS for a taken name. */
export async function updateInstance(
  tx: Transaction,
  { id, version }: { readonly id: string; readonly version: number },
  { defaultExemptTags, ...changes }: Partial<InstanceSettings>,
): Promise<InstanceRow | null> {
  try {
    const stored = defaultExemptTags === undefined ? {} : { defaultExemptTags: storeExemptTags(defaultExemptTags) }
    const data = { ...changes, ...stored, version: { increment: 1 } }
    const { count } = await tx.prisma.instance.updateMany({ where: { id, version }, data })
    return count === 0 ? null : await findInstance(tx, id)
  } catch (error) {
    throw isUniqueViolation(error) && changes.name !== undefined ? nameTaken(changes.name, error) : error
  }
}

/** Deletes an instance that still has `version`; returns whether it had. Throws NOT_EMPTY while it has namespaces. */
export async function deleteInstance(
  tx: Transaction,
  { id, version }: { readonly id: string; readonly version: number },
): Promise<boolean> {
  try {
    const { count } = await tx.prisma.instance.deleteMany({ where: { id, version } })
    if (count > 0) await tx.prisma.instanceDay.deleteMany({ where: { instanceId: id } })
    return count > 0
  } catch (error) {
    if (!isForeignKeyViolation(error)) throw error
    throw new AppError('NOT_EMPTY', { message: 'the instance has namespaces', cause: error })
  }
}

function nameTaken(name: string, cause: unknown): AppError {
  const message = `the region has an instance named ${name}`
  return new AppError('ALREADY_EXISTS', { message, fields: [{ path: 'name', message }], cause })
}

/** The registry credentials that are deleted with an instance, for the audit event of its deletion. */
export interface LostCredentials {
  /** At most 100 names of robots. */
  readonly robots: readonly string[]
  readonly robotCount: number
  readonly registryPasswordCount: number
  readonly temporaryTokenCount: number
}

/** Counts the credentials of an instance. */
export async function countLostCredentials(tx: Transaction, instanceId: string): Promise<LostCredentials> {
  const where = { instanceId }
  const robots = await tx.prisma.robot.findMany({ where, select: { name: true }, orderBy: { name: 'asc' }, take: 100 })
  return {
    robots: robots.map(({ name }) => name),
    robotCount: await tx.prisma.robot.count({ where }),
    registryPasswordCount: await tx.prisma.registryPassword.count({ where }),
    temporaryTokenCount: await tx.prisma.temporaryToken.count({ where }),
  }
}

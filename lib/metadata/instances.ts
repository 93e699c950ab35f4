import { AppError } from '@/lib/domain/errors'
import { type Db, type Transaction, isForeignKeyViolation, isUniqueViolation } from './database'
import { Prisma } from './generated/sqlite/client'
import { type Slice, type Sql, allOf, contains, inOrder } from './listing'

/** An instance as stored. */
export interface InstanceRow {
  readonly id: string
  readonly regionId: string
  readonly name: string
  readonly specification: string
  readonly isDefault: boolean
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What an instance holds. */
export interface InstanceTotals {
  readonly namespaceCount: number
  readonly repositoryCount: number
  readonly tagCount: number
  /** Distinct blobs of its repositories. */
  readonly storageBytes: number
}

/** Which instances a list shows: of a region; whose name holds a text or whose id it is. */
export interface InstanceFilter {
  readonly regionId?: string | undefined
  readonly search?: string | undefined
}

/** The instance, or null. */
export async function findInstance(db: Db, id: string): Promise<InstanceRow | null> {
  return db.instance.findUnique({ where: { id } })
}

/** Instances by name. */
export async function listInstances(db: Db, filter: InstanceFilter, slice: Slice): Promise<InstanceRow[]> {
  return db.$queryRaw<InstanceRow[]>`
    SELECT * FROM "Instance" WHERE ${matching(filter)} ${inOrder(Prisma.sql`"name"`, Prisma.sql`"id"`, slice)}`
}

/** How many instances the list has. */
export async function countInstances(db: Db, filter: InstanceFilter): Promise<number> {
  const [row] = await db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM "Instance" WHERE ${matching(filter)}`
  return Number(row?.count)
}

function matching({ regionId, search }: InstanceFilter): Sql {
  return allOf([
    regionId === undefined ? undefined : Prisma.sql`"regionId" = ${regionId}`,
    search === undefined ? undefined : Prisma.sql`(${contains(Prisma.sql`"name"`, search)} OR "id" = ${search})`,
  ])
}

/** How many instances each region holds; a region without any is absent. */
export async function countInstancesByRegion(db: Db): Promise<Map<string, number>> {
  const rows = await db.instance.groupBy({ by: ['regionId'], _count: true })
  return new Map(rows.map((row) => [row.regionId, row._count]))
}

/** What each of the instances holds, in four queries however many they are. */
export async function getInstanceTotals(db: Db, ids: readonly string[]): Promise<(id: string) => InstanceTotals> {
  const where = { instanceId: { in: [...ids] } }
  const [namespaces, repositories, tags, blobs] = await Promise.all([
    db.namespace.groupBy({ by: ['instanceId'], where, _count: true }),
    db.repository.groupBy({ by: ['instanceId'], where, _count: true }),
    sumPerInstance(
      db,
      ids,
      Prisma.sql`
      SELECT r."instanceId", count(*) AS "total" FROM "Tag" t JOIN "Repository" r ON r."id" = t."repositoryId"`,
    ),
    sumPerInstance(
      db,
      ids,
      Prisma.sql`
      SELECT r."instanceId", sum(r."sizeBytes") AS "total" FROM (
        SELECT DISTINCT r."instanceId", b."digest", b."sizeBytes" FROM "RepositoryBlob" l
        JOIN "Repository" r ON r."id" = l."repositoryId" JOIN "Blob" b ON b."digest" = l."digest") r`,
    ),
  ])
  const namespaceCounts = new Map(namespaces.map((row) => [row.instanceId, row._count]))
  const repositoryCounts = new Map(repositories.map((row) => [row.instanceId, row._count]))
  return (id) => ({
    namespaceCount: namespaceCounts.get(id) ?? 0,
    repositoryCount: repositoryCounts.get(id) ?? 0,
    tagCount: tags.get(id) ?? 0,
    storageBytes: blobs.get(id) ?? 0,
  })
}

/** Runs `select`, which reads from something named `r`, for the instances alone and per instance. */
async function sumPerInstance(db: Db, ids: readonly string[], select: Sql): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map()
  const rows = await db.$queryRaw<{ instanceId: string; total: bigint | number }[]>`
    ${select} WHERE r."instanceId" IN (${Prisma.join([...ids])}) GROUP BY r."instanceId"`
  return new Map(rows.map((row) => [row.instanceId, Number(row.total)]))
}

/** Adds an instance. Throws ALREADY_EXISTS when its region has one of that name. */
export async function insertInstance(
  tx: Transaction,
  instance: Pick<InstanceRow, 'id' | 'regionId' | 'name' | 'specification' | 'isDefault'>,
): Promise<InstanceRow> {
  try {
    return await tx.instance.create({ data: instance })
  } catch (error) {
    throw isUniqueViolation(error) ? nameTaken(instance.name, error) : error
  }
}

/** Renames an instance that still has `version`; null when it has not. Throws ALREADY_EXISTS for a taken name. */
export async function updateInstance(
  tx: Transaction,
  { id, version }: { readonly id: string; readonly version: number },
  changes: { readonly name: string },
): Promise<InstanceRow | null> {
  try {
    const data = { ...changes, version: { increment: 1 } }
    const { count } = await tx.instance.updateMany({ where: { id, version }, data })
    return count === 0 ? null : await tx.instance.findUnique({ where: { id } })
  } catch (error) {
    throw isUniqueViolation(error) ? nameTaken(changes.name, error) : error
  }
}

/** Deletes an instance that still has `version`; answers whether it had. Throws NOT_EMPTY while it has namespaces. */
export async function deleteInstance(
  tx: Transaction,
  { id, version }: { readonly id: string; readonly version: number },
): Promise<boolean> {
  try {
    const { count } = await tx.instance.deleteMany({ where: { id, version } })
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

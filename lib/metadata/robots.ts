import { AppError } from '@/lib/domain/errors'
import type { Source, SqlSource, Transaction } from './engine/database'
import { isUniqueViolation } from './engine/failures'
import { Prisma } from './generated/sqlite/client'
import { type Slice, type Sql, allOf, contains, inOrder } from './engine/listing'

/** A robot as stored, without its secret, and where its instance is. */
export interface RobotRow {
  readonly id: string
  readonly instanceId: string
  readonly instanceName: string
  readonly regionId: string
  readonly name: string
  readonly description: string
  readonly isDisabled: boolean
  /** False for one whose pulls say nothing about use, such as a scanner. */
  readonly arePullsCounted: boolean
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
  readonly lastUsedAddress: string | null
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly createdBy: string
}

/** What may change of a robot. */
export type RobotSettings = Pick<RobotRow, 'description' | 'isDisabled' | 'arePullsCounted' | 'expiresAt'>

/** Which robots a list shows: of one instance or of all, whose name holds a text. */
export interface RobotFilter {
  readonly instanceId?: string | undefined
  readonly search?: string | undefined
}

/** A robot that still is of the version that was read. */
export interface RobotVersion {
  readonly id: string
  readonly version: number
}

const columns = Prisma.sql`r."id", r."instanceId", i."name" AS "instanceName", i."regionId", r."name", r."description",
  r."isDisabled", r."arePullsCounted", r."expiresAt", r."lastUsedAt", r."lastUsedAddress", r."version", r."createdAt", r."updatedAt",
  r."createdBy"`

const from = Prisma.sql`FROM "Robot" r JOIN "Instance" i ON i."id" = r."instanceId"`

/** The robot, or null. */
export async function findRobot(db: Source, id: string): Promise<RobotRow | null> {
  const [row] = await db.read.$queryRaw<RobotRow[]>`SELECT ${columns} ${from} WHERE r."id" = ${id}`
  return row ?? null
}

/** A robot with what its signatures are computed with. */
export interface SealedRobot {
  readonly id: string
  readonly name: string
  readonly secretHash: string
  readonly sealedSecret: string | null
  readonly isDisabled: boolean
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
}

/** The robot with its secrets, or null. Only lib/auth asks for it. */
export async function findSealedRobot(db: SqlSource, id: string): Promise<SealedRobot | null> {
  const [row] = await db.read.$queryRaw<SealedRobot[]>`
    SELECT "id", "name", "secretHash", "sealedSecret", "isDisabled", "expiresAt", "lastUsedAt"
    FROM "Robot" WHERE "id" = ${id}`
  return row ?? null
}

/** Robots by name. */
export async function listRobots(db: Source, filter: RobotFilter, slice: Slice): Promise<RobotRow[]> {
  return db.read.$queryRaw<RobotRow[]>`
    SELECT ${columns} ${from} WHERE ${matching(filter)} ${inOrder(Prisma.sql`r."name"`, Prisma.sql`r."id"`, slice)}`
}

/** How many robots the list has. */
export async function countRobots(db: Source, filter: RobotFilter): Promise<number> {
  const [row] = await db.read.$queryRaw<
    { count: bigint }[]
  >`SELECT count(*) AS "count" ${from} WHERE ${matching(filter)}`
  return Number(row?.count)
}

function matching({ instanceId, search }: RobotFilter): Sql {
  return allOf([
    instanceId === undefined ? undefined : Prisma.sql`r."instanceId" = ${instanceId}`,
    search === undefined ? undefined : contains(Prisma.sql`r."name"`, search),
  ])
}

/** Adds a robot. Throws ALREADY_EXISTS when its instance has one of that name. */
export async function insertRobot(
  tx: Transaction,
  robot: Pick<
    RobotRow,
    'id' | 'instanceId' | 'name' | 'description' | 'arePullsCounted' | 'expiresAt' | 'createdBy'
  > & {
    readonly secretHash: string
    readonly sealedSecret: string
  },
): Promise<void> {
  try {
    await tx.prisma.robot.create({ data: robot })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const message = `the instance has a robot ${robot.name}`
    throw new AppError('ALREADY_EXISTS', { message, fields: [{ path: 'name', message }], cause: error })
  }
}

/** Changes a robot that still has `version`, or its secret; returns whether it had. */
export async function updateRobot(
  tx: Transaction,
  { id, version }: RobotVersion,
  changes: Partial<RobotSettings> & { readonly secretHash?: string; readonly sealedSecret?: string },
): Promise<boolean> {
  const data = { ...changes, version: { increment: 1 } }
  const { count } = await tx.prisma.robot.updateMany({ where: { id, version }, data })
  return count > 0
}

/** Deletes a robot that still has `version`, with its grants; returns whether it had. */
export async function deleteRobot(tx: Transaction, { id, version }: RobotVersion): Promise<boolean> {
  const { count } = await tx.prisma.robot.deleteMany({ where: { id, version } })
  return count > 0
}

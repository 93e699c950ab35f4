import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { robotUserName } from '@/lib/domain/robot-name'
import type { Source } from '@/lib/metadata/engine/database'
import { type GrantsInShort, listStrongestGrants } from '@/lib/metadata/grants'
import { type RobotRow, findRobot } from '@/lib/metadata/robots'
import type { Versioned } from '@/lib/registry/versions'
import { type Authorizing, authorize, authorizeProven } from '@/lib/registry/authorize'

/** A robot as the console and the API show it. Times are UTC, ISO 8601. */
export interface RobotDetails
  extends Omit<RobotRow, 'version' | 'expiresAt' | 'lastUsedAt' | 'createdAt' | 'updatedAt'>, GrantsInShort {
  readonly userName: string
  readonly expiresAt: string | null
  readonly lastUsedAt: string | null
  readonly createdAt: string
  readonly updatedAt: string
}

/** A robot with its secret, which is shown only once. */
export interface RobotWithSecret extends RobotDetails {
  readonly secret: string
}

/** Returns the robot. Throws NOT_FOUND. */
export async function requireRobot(db: Source, id: string): Promise<RobotRow> {
  const robot = await findRobot(db, id)
  if (robot === null) throw new AppError('NOT_FOUND')
  return robot
}

/**
 * Returns the robot. Throws NOT_FOUND, also when the principal may not manage its instance, and the errors of
 * `authorizeProven`.
 */
export async function authorizeRobot(
  ctx: Authorizing & { readonly db: Source },
  principal: Principal,
  id: string,
): Promise<RobotRow> {
  authorizeProven(principal)
  const robot = await requireRobot(ctx.db, id)
  await authorize(ctx, principal, 'manage', { instanceId: robot.instanceId }, 'NOT_FOUND')
  return robot
}

/** How many grants of a robot are shown with it. */
const shownGrantsMax = 10

/** Returns the current details of a robot. Throws NOT_FOUND. */
export async function describeRobot(db: Source, id: string): Promise<Versioned<RobotDetails>> {
  const row = await requireRobot(db, id)
  const grantsOf = await listStrongestGrants(db, [id], shownGrantsMax)
  return { value: { ...settingsOf(row), ...grantsOf(id) }, version: String(row.version) }
}

/** Returns the details of robots, in the same order. */
export async function describeRobots(db: Source, rows: readonly RobotRow[]): Promise<RobotDetails[]> {
  const ids = rows.map(({ id }) => id)
  const grantsOf = await listStrongestGrants(db, ids, shownGrantsMax)
  return rows.map((row) => ({ ...settingsOf(row), ...grantsOf(row.id) }))
}

/** Returns the details of a robot without its grants. */
export function settingsOf(row: RobotRow): Omit<RobotDetails, keyof GrantsInShort> {
  const { version: _, expiresAt, lastUsedAt, createdAt, updatedAt, ...shown } = row
  return {
    ...shown,
    userName: robotUserName(row.name),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}

/** Parses a robot's expiry time. Throws BAD_REQUEST for a time in the past: disable the robot instead. */
export function readExpiry(expiresAt: string | null): Date | null {
  if (expiresAt === null) return null
  const time = new Date(expiresAt)
  if (time > new Date()) return time
  throw new AppError('BAD_REQUEST', { fields: [{ path: 'expiresAt', message: 'a time to come, or null' }] })
}

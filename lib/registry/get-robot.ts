import type { Principal } from '@/lib/auth/principal'
import type { Context } from './context'
import { type RobotDetails, requireManagedRobot, toRobotDetails } from './robot-details'
import type { Versioned } from './versions'

/** A robot. Throws NOT_FOUND, also for who may not manage its instance. */
export async function getRobot(ctx: Context, principal: Principal, id: string): Promise<Versioned<RobotDetails>> {
  const row = await requireManagedRobot(ctx.db, principal, id)
  return { value: toRobotDetails(row), version: String(row.version) }
}

import type { Principal } from '@/lib/domain/principal'
import type { Context } from '@/lib/context'
import { type RobotDetails, authorizeRobot, describeRobot } from './robot-details'
import type { Versioned } from '@/lib/registry/versions'

/** Returns a robot. Throws NOT_FOUND, also when the principal may not manage its instance. */
export async function getRobot(ctx: Context, principal: Principal, id: string): Promise<Versioned<RobotDetails>> {
  await authorizeRobot(ctx, principal, id)
  return describeRobot(ctx.db, id)
}

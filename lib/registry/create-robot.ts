import { hashPassword } from '@/lib/auth/passwords'
import type { Principal } from '@/lib/auth/principal'
import { createId } from '@/lib/domain/ids'
import { createSecret } from '@/lib/domain/random-secret'
import { robotUserName } from '@/lib/domain/robot-name'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { transaction } from '@/lib/metadata/database'
import { insertRobot } from '@/lib/metadata/robots'
import type { Context } from './context'
import { requireInstance } from './instance-details'
import { type RobotWithSecret, describeRobot, readExpiry } from './robot-details'
import type { Versioned } from './versions'

/** What a robot is made of. */
export interface NewRobot {
  readonly name: string
  readonly description: string
  readonly expiresAt: string | null
}

/**
 * Makes a robot of an instance. Throws NOT_FOUND for the instance, ALREADY_EXISTS when it has a robot of that name, and
 * BAD_REQUEST for a time of expiry that has passed.
 */
export async function createRobot(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  input: NewRobot,
): Promise<Versioned<RobotWithSecret>> {
  await requireInstance(ctx.db, instanceId)
  const expiresAt = readExpiry(input.expiresAt)
  const id = createId('robot')
  const secret = createSecret()
  const secretHash = await hashPassword(secret)
  const { value, version } = await transaction(ctx.db, async (tx) => {
    const { name, description } = input
    await insertRobot(tx, { id, instanceId, name, description, expiresAt, secretHash, createdBy: principal.name })
    await insertAuditEvent(tx, principal, {
      action: 'CREATE',
      target: { type: 'ROBOT', id, name: robotUserName(name) },
      instanceId,
      before: null,
      after: { ...input },
    })
    return describeRobot(tx, id)
  })
  return { value: { ...value, secret }, version }
}

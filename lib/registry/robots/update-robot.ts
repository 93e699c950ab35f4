import type { Principal } from '@/lib/domain/principal'
import { robotUserName } from '@/lib/domain/robot-name'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { lockRow } from '@/lib/metadata/engine/locks'
import { deleteRefreshTokens } from '@/lib/metadata/refresh-tokens'
import { updateRobot as updateRobotRow } from '@/lib/metadata/robots'
import { changedFields } from '@/lib/registry/changed-fields'
import type { Context } from '@/lib/context'
import { type RobotDetails, authorizeRobot, describeRobot, readExpiry, requireRobot, settingsOf } from './robot-details'
import { type ExpectedVersions, type Versioned, assertExpected, changedMeanwhile } from '@/lib/registry/versions'

/** What may change in a robot. An absent field stays unchanged. */
export interface RobotChanges {
  readonly description?: string | undefined
  readonly isDisabled?: boolean | undefined
  readonly arePullsCounted?: boolean | undefined
  readonly expiresAt?: string | null | undefined
}

/**
 * Changes a robot. Writes nothing when nothing changes. A disabled robot is refused at once, and must log on again
 * after it is enabled. Throws NOT_FOUND, also when the principal may not manage its instance, PRECONDITION_FAILED, and
 * BAD_REQUEST for an expiry time in the past.
 */
export async function updateRobot(
  ctx: Context,
  principal: Principal,
  id: string,
  { expiresAt, ...input }: RobotChanges,
  expected: ExpectedVersions,
): Promise<Versioned<RobotDetails>> {
  await authorizeRobot(ctx, principal, id)
  return ctx.db.transaction(async (tx) => {
    await lockRow(tx, 'Robot', id)
    const current = await requireRobot(tx, id)
    assertExpected(current.version, expected)
    const wanted = { ...input, expiresAt: expiresAt && new Date(expiresAt).toISOString() }
    const changes = changedFields(settingsOf(current), wanted)
    if (changes === null) return describeRobot(tx, id)
    const { expiresAt: expiry, ...others } = changes.after
    const data = { ...others, ...(expiry === undefined ? {} : { expiresAt: readExpiry(expiry) }) }
    if (!(await updateRobotRow(tx, current, data))) throw changedMeanwhile()
    if (changes.after.isDisabled === true) await deleteRefreshTokens(tx, { robotId: id })
    const target = { type: 'ROBOT', id, name: robotUserName(current.name) } as const
    await insertAuditEvent(tx, principal, { action: 'UPDATE', target, instanceId: current.instanceId, ...changes })
    return describeRobot(tx, id)
  })
}

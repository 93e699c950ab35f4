import type { Principal } from '@/lib/domain/principal'
import { robotUserName } from '@/lib/domain/robot-name'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { listLostGrants } from '@/lib/metadata/grants'
import { lockRow } from '@/lib/metadata/engine/locks'
import { deleteRobot as deleteRobotRow } from '@/lib/metadata/robots'
import type { Context } from '@/lib/context'
import { authorizeRobot, requireRobot, settingsOf } from './robot-details'
import { type ExpectedVersions, assertExpected, changedMeanwhile } from '@/lib/registry/versions'

/**
 * Deletes a robot with its grants. Throws NOT_FOUND, also when the principal may not manage its instance, and
 * PRECONDITION_FAILED.
 */
export async function deleteRobot(
  ctx: Context,
  principal: Principal,
  id: string,
  expected: ExpectedVersions,
): Promise<void> {
  await authorizeRobot(ctx, principal, id)
  await ctx.db.transaction(async (tx) => {
    await lockRow(tx, 'Robot', id)
    const current = await requireRobot(tx, id)
    assertExpected(current.version, expected)
    const lost = await listLostGrants(tx, { subjectId: id })
    if (!(await deleteRobotRow(tx, current))) throw changedMeanwhile()
    const { name, description, expiresAt, isDisabled } = settingsOf(current)
    await insertAuditEvent(tx, principal, {
      action: 'DELETE',
      target: { type: 'ROBOT', id, name: robotUserName(name) },
      instanceId: current.instanceId,
      before: { name, description, expiresAt, isDisabled, ...lost },
      after: null,
    })
  })
}

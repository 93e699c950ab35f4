import type { Principal } from '@/lib/domain/principal'
import { createSecret } from '@/lib/domain/random-secret'
import { robotUserName } from '@/lib/domain/robot-name'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { lockRow } from '@/lib/metadata/engine/locks'
import { deleteRefreshTokens } from '@/lib/metadata/refresh-tokens'
import { updateRobot } from '@/lib/metadata/robots'
import { sealRobotSecret } from '@/lib/secrets/robot-secrets'
import type { Context } from '@/lib/context'
import { type RobotWithSecret, authorizeRobot, describeRobot, requireRobot } from './robot-details'
import { type Versioned, changedMeanwhile } from '@/lib/registry/versions'

/**
 * Gives a robot a new secret. The old secret and the refresh tokens issued for it stop working. Throws NOT_FOUND, also
 * when the principal may not manage its instance.
 */
export async function rotateRobotSecret(
  ctx: Context,
  principal: Principal,
  id: string,
): Promise<Versioned<RobotWithSecret>> {
  await authorizeRobot(ctx, principal, id)
  const secret = createSecret()
  const secretHash = await ctx.passwords.hash(secret)
  const sealedSecret = sealRobotSecret(ctx.secrets, { id, secretHash }, secret)
  const { value, version } = await ctx.db.transaction(async (tx) => {
    await lockRow(tx, 'Robot', id)
    const current = await requireRobot(tx, id)
    if (!(await updateRobot(tx, current, { secretHash, sealedSecret }))) throw changedMeanwhile()
    await deleteRefreshTokens(tx, { robotId: id })
    const target = { type: 'ROBOT', id, name: robotUserName(current.name) } as const
    const { instanceId } = current
    await insertAuditEvent(tx, principal, {
      action: 'UPDATE',
      target,
      instanceId,
      before: {},
      after: { secretChanged: true },
    })
    return describeRobot(tx, id)
  })
  return { value: { ...value, secret }, version }
}

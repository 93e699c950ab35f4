import type { Principal } from '@/lib/domain/principal'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { lockName } from '@/lib/metadata/engine/locks'
import { deleteRefreshTokens } from '@/lib/metadata/refresh-tokens'
import { findRegistryPasswordTimes, putRegistryPassword } from '@/lib/metadata/registry-passwords'
import { authorize, authorizeUser } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { registryPasswordLock, registryPasswordTarget } from './registry-password-target'

/**
 * Sets or replaces the principal's own registry password of an instance. The old password and the refresh tokens issued
 * for it stop working. The caller must have checked the password's rule. Throws NOT_FOUND for the instance.
 */
export async function setRegistryPassword(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  password: string,
): Promise<void> {
  authorizeUser(principal)
  await authorize(ctx, principal, 'see', { instanceId })
  const passwordHash = await ctx.passwords.hash(password)
  const owner = { userId: principal.id, instanceId }
  await ctx.db.transaction(async (tx) => {
    await lockName(tx, registryPasswordLock(owner))
    const { setAt } = await findRegistryPasswordTimes(tx, owner)
    await putRegistryPassword(tx, { ...owner, passwordHash })
    await deleteRefreshTokens(tx, owner)
    await insertAuditEvent(tx, principal, {
      action: setAt === null ? 'CREATE' : 'UPDATE',
      target: registryPasswordTarget(principal),
      instanceId,
      before: setAt === null ? null : { setAt: setAt.toISOString() },
      after: { setAt: (await findRegistryPasswordTimes(tx, owner)).setAt?.toISOString() },
    })
  })
}

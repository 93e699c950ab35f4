import type { Principal } from '@/lib/domain/principal'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { lockName } from '@/lib/metadata/engine/locks'
import { deleteRefreshTokens } from '@/lib/metadata/refresh-tokens'
import { deleteRegistryPassword, findRegistryPasswordTimes } from '@/lib/metadata/registry-passwords'
import { authorizeUser } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { registryPasswordLock, registryPasswordTarget } from './registry-password-target'

/**
 * Removes the principal's own registry password of an instance, and revokes the refresh tokens issued for it. Succeeds
 * when none is set. The principal need not see the instance any more.
 */
export async function removeRegistryPassword(ctx: Context, principal: Principal, instanceId: string): Promise<void> {
  authorizeUser(principal)
  const owner = { userId: principal.id, instanceId }
  await ctx.db.transaction(async (tx) => {
    await lockName(tx, registryPasswordLock(owner))
    const { setAt } = await findRegistryPasswordTimes(tx, owner)
    if (!(await deleteRegistryPassword(tx, owner))) return
    await deleteRefreshTokens(tx, owner)
    await insertAuditEvent(tx, principal, {
      action: 'DELETE',
      target: registryPasswordTarget(principal),
      instanceId,
      before: { setAt: setAt?.toISOString() },
      after: null,
    })
  })
}

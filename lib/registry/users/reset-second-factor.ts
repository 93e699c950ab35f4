import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { deleteSecondFactor } from '@/lib/metadata/second-factors'
import { lockCredentials } from '@/lib/metadata/user-credentials'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'

/**
 * Turns another user's second factor off: their password alone logs them on until they set one up anew. Nothing happens
 * when none is on. Throws NOT_FOUND, and OWN_ACCOUNT for the caller themself, who needs their password for it.
 */
export async function resetSecondFactor(ctx: Context, principal: Principal, userId: string): Promise<void> {
  authorizeAdministrator(ctx, principal)
  if (userId === principal.id) throw new AppError('OWN_ACCOUNT')
  await ctx.db.transaction(async (tx) => {
    const found = await lockCredentials(tx, userId)
    if (found === null) throw new AppError('NOT_FOUND')
    if (!(await deleteSecondFactor(tx, userId))) return
    await insertAuditEvent(tx, principal, {
      action: 'UPDATE',
      target: { type: 'USER', id: userId, name: found.user.name },
      before: { secondFactor: true },
      after: { secondFactor: false },
    })
  })
}

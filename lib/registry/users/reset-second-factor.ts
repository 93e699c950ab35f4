import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { deleteSecondFactor } from '@/lib/metadata/second-factors'
import { lockCredentials } from '@/lib/metadata/user-credentials'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'

/**
 * Removes another user's second factor: the password alone is enough to log on until the user sets up a new one. Does
 * nothing when the user has none. Throws NOT_FOUND, and OWN_ACCOUNT for the caller's own, which requires the password.
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

import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { lockRow } from '@/lib/metadata/engine/locks'
import { listAwaitingPassword } from '@/lib/metadata/users'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type NewInvitation, addInvitation } from './new-invitation'
import { requireUser } from './user-details'

/**
 * Gives a user without a password a new invitation; earlier ones stop working. Throws NOT_FOUND, and ALREADY_EXISTS when
 * the user has a password or logs on by single sign-on: an invitation never replaces these.
 */
export async function renewInvitation(ctx: Context, principal: Principal, userId: string): Promise<NewInvitation> {
  authorizeAdministrator(ctx, principal)
  return ctx.db.transaction(async (tx) => {
    await lockRow(tx, 'User', userId)
    const user = await requireUser(tx, userId)
    if (!(await listAwaitingPassword(tx, [userId])).has(userId)) {
      throw new AppError('ALREADY_EXISTS', { message: 'this user can log on already: there is nothing to invite to' })
    }
    const { made, event } = await addInvitation(tx, principal, user)
    await insertAuditEvent(tx, principal, event)
    return made
  })
}

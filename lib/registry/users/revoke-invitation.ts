import type { Principal } from '@/lib/domain/principal'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { lockRow } from '@/lib/metadata/engine/locks'
import { findPendingInvitations, revokeInvitations } from '@/lib/metadata/invitations'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { requireUser } from './user-details'

/**
 * Revokes the open invitation of a user: its link stops working. The user stays. Does nothing when no invitation is open.
 * Throws NOT_FOUND.
 */
export async function revokeInvitation(ctx: Context, principal: Principal, userId: string): Promise<void> {
  authorizeAdministrator(ctx, principal)
  await ctx.db.transaction(async (tx) => {
    await lockRow(tx, 'User', userId)
    const user = await requireUser(tx, userId)
    const open = (await findPendingInvitations(tx, [userId])).get(userId)
    if (open === undefined || (await revokeInvitations(tx, userId, new Date())) === 0) return
    await insertAuditEvent(tx, principal, {
      action: 'DELETE',
      target: { type: 'INVITATION', id: open.id, name: user.name },
      before: { userId, expiresAt: open.expiresAt.toISOString() },
      after: null,
    })
  })
}

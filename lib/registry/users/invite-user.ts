import type { Principal } from '@/lib/domain/principal'
import { createId } from '@/lib/domain/ids'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { type NewUserSettings, addUser } from '@/lib/metadata/users'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type FirstGrants, addFirstGrants } from '@/lib/registry/grants/new-grant'
import { type NewInvitation, addInvitation } from './new-invitation'

/** The settings and grants of a new user, who will set the password. */
export interface InvitedUser extends Pick<NewUserSettings, 'displayName' | 'role' | 'arePullsCounted'> {
  readonly name: string
  readonly grants: FirstGrants
}

/**
 * Creates a user without a password, with all grants or nothing, and an invitation to set one. Throws ALREADY_EXISTS when
 * the name is taken, and BAD_REQUEST for a grant on a scope that does not exist.
 */
export async function inviteUser(
  ctx: Context,
  principal: Principal,
  { grants, ...input }: InvitedUser,
): Promise<NewInvitation> {
  authorizeAdministrator(ctx, principal)
  const id = createId('user')
  const { name } = input
  return ctx.db.transaction(async (tx) => {
    await addUser(tx, { id, ...input, isDisabled: false, passwordHash: null })
    const target = { type: 'USER', id, name } as const
    const granted = await addFirstGrants(tx, principal, id, grants, null)
    const { made, event } = await addInvitation(tx, principal, { id, name })
    await insertAuditEvent(tx, principal, { action: 'CREATE', target, before: null, after: { ...input } })
    for (const one of [...granted, event]) await insertAuditEvent(tx, principal, one)
    return made
  })
}

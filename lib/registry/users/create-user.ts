import { assertPasswordAllowed } from '@/lib/secrets/password-rules'
import type { Principal } from '@/lib/domain/principal'
import { createId } from '@/lib/domain/ids'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { type NewUserSettings, addUser } from '@/lib/metadata/users'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type UserDetails, describeUser, requireUser } from './user-details'
import type { Versioned } from '@/lib/registry/versions'

/** Creates a user. Throws ALREADY_EXISTS when the name is taken, BAD_REQUEST for a password that is not allowed. */
export async function createUser(
  ctx: Context,
  principal: Principal,
  { password, ...input }: NewUserSettings & { readonly name: string; readonly password: string },
): Promise<Versioned<UserDetails>> {
  authorizeAdministrator(ctx, principal)
  await assertPasswordAllowed(password, input.name, 'password')
  const passwordHash = await ctx.passwords.hash(password)
  const id = createId('user')
  return ctx.db.transaction(async (tx) => {
    await addUser(tx, { id, passwordHash, ...input })
    const target = { type: 'USER', id, name: input.name } as const
    await insertAuditEvent(tx, principal, { action: 'CREATE', target, before: null, after: input })
    return describeUser(tx, await requireUser(tx, id))
  })
}

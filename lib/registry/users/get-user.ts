import type { Principal } from '@/lib/domain/principal'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type UserDetails, describeUser, requireUser } from './user-details'
import type { Versioned } from '@/lib/registry/versions'

/** Returns a user. Throws NOT_FOUND. */
export async function getUser(ctx: Context, principal: Principal, id: string): Promise<Versioned<UserDetails>> {
  authorizeAdministrator(ctx, principal)
  return describeUser(ctx.db, await requireUser(ctx.db, id))
}

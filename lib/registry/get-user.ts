import type { Context } from './context'
import { type UserDetails, describeUser, requireUser } from './user-details'
import type { Versioned } from './versions'

/** A user. Throws NOT_FOUND. */
export async function getUser(ctx: Context, id: string): Promise<Versioned<UserDetails>> {
  return describeUser(ctx.db, await requireUser(ctx.db, id))
}

import type { Context } from '@/lib/context'
import { type UserDetails, describeUser, requireUser } from './user-details'
import type { Versioned } from '@/lib/registry/versions'

/** A user. Throws NOT_FOUND. */
export async function getUser(ctx: Context, id: string): Promise<Versioned<UserDetails>> {
  return describeUser(ctx.db, await requireUser(ctx.db, id))
}

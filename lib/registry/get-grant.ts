import type { Principal } from '@/lib/auth/principal'
import type { Context } from './context'
import { type GrantDetails, describeGrant } from './grant-details'
import type { Versioned } from './versions'

/** A grant: one's own, or on what one may manage. Throws NOT_FOUND. */
export async function getGrant(ctx: Context, principal: Principal, id: string): Promise<Versioned<GrantDetails>> {
  return describeGrant(ctx.db, principal, id)
}

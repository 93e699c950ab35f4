import type { Principal } from '@/lib/domain/principal'
import { authorizeProven } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type GrantDetails, describeGrant } from './grant-details'
import type { Versioned } from '@/lib/registry/versions'

/** A grant: one's own, or on what one may manage. Throws NOT_FOUND. */
export async function getGrant(ctx: Context, principal: Principal, id: string): Promise<Versioned<GrantDetails>> {
  authorizeProven(principal)
  return describeGrant(ctx.db, principal, id)
}

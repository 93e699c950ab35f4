import type { Principal } from '@/lib/domain/principal'
import { authorizeProven } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type GrantDetails, describeGrant } from './grant-details'
import type { Versioned } from '@/lib/registry/versions'

/** Returns a grant that is the principal's own or on a scope that the principal manages. Throws NOT_FOUND. */
export async function getGrant(ctx: Context, principal: Principal, id: string): Promise<Versioned<GrantDetails>> {
  authorizeProven(principal)
  return describeGrant(ctx.db, principal, id)
}

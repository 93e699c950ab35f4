import type { Principal } from '@/lib/auth/principal'
import type { Context } from './context'
import { type RepositoryDetails, describeRepository, requireRepository } from './repository-details'
import type { Versioned } from './versions'

/** A repository, as shown to a principal. Throws NOT_FOUND. */
export async function getRepository(
  ctx: Context,
  principal: Principal,
  id: string,
): Promise<Versioned<RepositoryDetails>> {
  return describeRepository(ctx.db, principal, await requireRepository(ctx.db, id))
}

import type { Context } from './context'
import { type RepositoryDetails, describeRepository, requireRepository } from './repository-details'
import type { Versioned } from './versions'

/** A repository. Throws NOT_FOUND. */
export async function getRepository(ctx: Context, id: string): Promise<Versioned<RepositoryDetails>> {
  return describeRepository(ctx.db, await requireRepository(ctx.db, id))
}

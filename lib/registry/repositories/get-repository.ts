import type { Principal } from '@/lib/domain/principal'
import { authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type RepositoryDetails, describeRepository, requireRepository } from './repository-details'
import type { Versioned } from '@/lib/registry/versions'

/** Returns a repository as shown to a principal. Throws NOT_FOUND. */
export async function getRepository(
  ctx: Context,
  principal: Principal,
  id: string,
): Promise<Versioned<RepositoryDetails>> {
  await authorize(ctx, principal, 'pull', { repositoryId: id })
  return describeRepository(ctx.db, principal, await requireRepository(ctx.db, id))
}

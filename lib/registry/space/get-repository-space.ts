import type { Context } from '@/lib/context'
import type { Principal } from '@/lib/domain/principal'
import { authorize } from '@/lib/registry/authorize'
import { type SpaceDetails, toSpaceDetails } from './space-details'

/** Returns how much room a repository takes, as it was counted last. Throws NOT_FOUND. */
export async function getRepositorySpace(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  isFresh: boolean,
): Promise<SpaceDetails> {
  await authorize(ctx, principal, 'pull', { repositoryId })
  const known = await ctx.spaceCounts.read(ctx.db, isFresh)
  return toSpaceDetails(known.counted?.repositories.get(repositoryId), known)
}

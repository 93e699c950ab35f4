import type { Principal } from '@/lib/domain/principal'
import { listRepositoryPaths as listRepositoryPathRows } from '@/lib/metadata/repository-listing'
import { AppError } from '@/lib/domain/errors'
import { viewerOf } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type NamePage, readNamePage } from './name-page'

/**
 * Paths of at most `limit` repositories after `last`, which need not be one: of an instance, those that the principal may
 * pull from. Throws SCOPE_INSUFFICIENT for a token that was not made out for the catalog, and UNAUTHORIZED for a caller
 * who has proven nothing.
 */
export async function listRepositoryPaths(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  limit: number,
  last: string,
): Promise<NamePage> {
  if (principal.token?.catalog === false) throw new AppError('SCOPE_INSUFFICIENT')
  if (principal.kind === 'anonymous') throw new AppError('UNAUTHORIZED')
  const viewer = viewerOf(principal)
  return readNamePage(limit, (count) => listRepositoryPathRows(ctx.db, viewer, instanceId, { limit: count, last }))
}

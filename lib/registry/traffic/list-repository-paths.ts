import type { Principal } from '@/lib/domain/principal'
import { listRepositoryPaths as listRepositoryPathRows } from '@/lib/metadata/repository-listing'
import { AppError } from '@/lib/domain/errors'
import { viewerOf } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type NamePage, readNamePage } from './name-page'

/**
 * Returns the paths of at most `limit` repositories of an instance that the principal may pull from, after `last`,
 * which need not exist. Throws SCOPE_INSUFFICIENT for a token without the catalog scope, and UNAUTHORIZED for an
 * anonymous caller.
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

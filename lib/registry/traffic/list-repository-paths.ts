import type { Principal } from '@/lib/domain/principal'
import { listRepositoryPaths as listRepositoryPathRows } from '@/lib/metadata/repository-listing'
import { viewerOf } from '@/lib/registry/access'
import type { Context } from '@/lib/context'
import { type NamePage, readNamePage } from './name-page'

/**
 * Paths of at most `limit` repositories after `last`, which need not be one: of an instance, those that the principal may
 * pull from.
 */
export async function listRepositoryPaths(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  limit: number,
  last: string,
): Promise<NamePage> {
  const viewer = viewerOf(principal)
  return readNamePage(limit, (count) => listRepositoryPathRows(ctx.db, viewer, instanceId, { limit: count, last }))
}

import type { Principal } from '@/lib/auth/principal'
import { listRepositoryPaths as listRepositoryPathRows } from '@/lib/metadata/catalog'
import type { Context } from './context'
import { findInstanceOfHost } from './find-instance-of-host'
import { type NamePage, readNamePage } from './name-page'

/**
 * Paths of at most `limit` repositories after `last`, which need not be one: of the instance that `host` names, those
 * that the principal may pull from. A host of no instance has none.
 */
export async function listRepositoryPaths(
  ctx: Context,
  principal: Principal,
  host: string,
  limit: number,
  last: string,
): Promise<NamePage> {
  const instanceId = await findInstanceOfHost(ctx, host)
  if (instanceId === null || principal.role !== 'ADMINISTRATOR') return { names: [], next: null }
  return readNamePage(limit, (count) => listRepositoryPathRows(ctx.db, instanceId, count, last))
}

import type { Principal } from '@/lib/domain/principal'
import type { RepositoryPath } from '@/lib/domain/reference'
import { findRepositoryForCaller } from '@/lib/metadata/repositories'
import type { Context } from '@/lib/context'
import { OpenedRepository } from '@/lib/registry/traffic/opened-repository'
import { mayPull } from '@/lib/registry/traffic/pull-permission'

/**
 * Returns the repository that a mount names as its source, opened to pull, if the principal may pull from it by its
 * current grants; else null, whether or not the repository exists. A token's scopes do not count: clients ask for a token
 * for the target only, and its holder could get another one (docs/decisions/0014-registry-tokens.md).
 */
export async function findMountSource(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  path: RepositoryPath,
): Promise<OpenedRepository | null> {
  const found = await findRepositoryForCaller(ctx.db, instanceId, path, principal.id)
  return found !== null && mayPull(principal, found) ? new OpenedRepository(found, principal, 'pull') : null
}

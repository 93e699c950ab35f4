import type { Principal } from '@/lib/domain/principal'
import { findConfigDigests } from '@/lib/metadata/config-digests'
import type { Context } from '@/lib/context'
import { authorize } from '@/lib/registry/authorize'

/**
 * Returns the digest of the config of each of a repository's manifests; one without a config, such as an index, is
 * absent. Throws NOT_FOUND for the repository.
 */
export async function findConfigs(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  digests: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  await authorize(ctx, principal, 'pull', { repositoryId })
  return findConfigDigests(ctx.db, repositoryId, digests)
}

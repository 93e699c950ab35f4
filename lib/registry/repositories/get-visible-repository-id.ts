import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { findRepositoryByPath } from '@/lib/metadata/repositories'
import { authorize, authorizeProven } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'

/**
 * Returns the id of an instance's repository by its `<namespace>/<name>`. Throws NOT_FOUND for one that does not exist
 * or that the principal may not see.
 */
export async function getVisibleRepositoryId(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  path: string,
): Promise<string> {
  authorizeProven(principal)
  const found = await findRepositoryByPath(ctx.db, instanceId, path)
  if (found === null) throw new AppError('NOT_FOUND')
  await authorize(ctx, principal, 'see', { repositoryId: found.id })
  return found.id
}

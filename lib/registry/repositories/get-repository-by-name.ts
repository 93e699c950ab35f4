import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { findRepositoryByPath } from '@/lib/metadata/repositories'
import { authorizeProven } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { getRepository } from './get-repository'
import type { RepositoryDetails } from './repository-details'
import type { Versioned } from '@/lib/registry/versions'

/** Returns an instance's repository by its `<namespace>/<name>`, as shown to a principal. Throws NOT_FOUND. */
export async function getRepositoryByName(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  path: string,
): Promise<Versioned<RepositoryDetails>> {
  authorizeProven(principal)
  const found = await findRepositoryByPath(ctx.db, instanceId, path)
  if (found === null) throw new AppError('NOT_FOUND')
  return getRepository(ctx, principal, found.id)
}

import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { rankAllows } from '@/lib/domain/access'
import { splitRepositoryPath } from '@/lib/domain/reference'
import type { TokenAccess, TokenAction } from '@/lib/domain/token-scope'
import { findNamespaceRank } from '@/lib/metadata/access'
import { findRepositoryForCaller } from '@/lib/metadata/repositories'
import type { Context } from '@/lib/context'
import type { InstanceForTraffic } from './find-instance-of-host'
import { mayPull } from './pull-permission'

/**
 * Returns the part of `asked` that the principal may do in an instance now. For a repository that does not exist yet,
 * the namespace's grants count: the push itself decides whether to create it. The catalog lists only what the caller
 * may pull, so every authenticated principal gets it. Throws SCOPE_INSUFFICIENT for a token: it cannot be used to get
 * another one.
 */
export async function grantScopes(
  ctx: Context,
  principal: Principal,
  instance: InstanceForTraffic,
  asked: TokenAccess,
): Promise<TokenAccess> {
  if (principal.token !== null) throw new AppError('SCOPE_INSUFFICIENT')
  const repositories = await Promise.all(
    [...asked.repositories].map(async ([path, actions]) => {
      const allowed = await listAllowedActions(ctx, principal, instance, path)
      return [path, new Set([...actions].filter((action) => allowed.includes(action)))] as const
    }),
  )
  return {
    repositories: new Map(repositories.filter(([, actions]) => actions.size > 0)),
    catalog: asked.catalog && principal.kind !== 'anonymous',
  }
}

async function listAllowedActions(
  ctx: Context,
  principal: Principal,
  instance: InstanceForTraffic,
  path: string,
): Promise<readonly TokenAction[]> {
  if (principal.role === 'ADMINISTRATOR') return ['pull', 'push']
  const repository = await findRepositoryForCaller(ctx.db, instance.id, path, principal.id)
  if (repository !== null) {
    if (rankAllows(repository.rank, 'push')) return ['pull', 'push']
    return mayPull(principal, repository) ? ['pull'] : []
  }
  const names = splitRepositoryPath(path)
  if (names === null || principal.kind === 'anonymous') return []
  const rank = await findNamespaceRank(ctx.db, principal.id, instance.id, names.namespace)
  return (['pull', 'push'] as const).filter((action) => rankAllows(rank ?? 0, action))
}

import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { rankAllows } from '@/lib/domain/access'
import { splitRepositoryPath } from '@/lib/domain/reference'
import type { GrantedAccess, TokenAccess, TokenAction } from '@/lib/domain/token-scope'
import { findNamespaceForCaller } from '@/lib/metadata/access'
import type { Context } from '@/lib/context'
import type { InstanceForTraffic } from './find-addressed-instance'
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
): Promise<GrantedAccess> {
  if (principal.token !== null) throw new AppError('SCOPE_INSUFFICIENT')
  const granted = await Promise.all(
    [...asked.repositories].map(async ([path, actions]) => {
      const { id, allowed } = await findAllowed(ctx, principal, instance, path)
      return { path, id, actions: new Set([...actions].filter((action) => allowed.includes(action))) }
    }),
  )
  const named = granted.filter(({ actions }) => actions.size > 0)
  return {
    repositories: new Map(named.map(({ path, actions }) => [path, actions])),
    boundTo: new Map(named.flatMap(({ path, id }) => (id === null ? [] : [[path, id]]))),
    catalog: asked.catalog && principal.kind !== 'anonymous',
  }
}

/** What a principal may do under a path now, and the id of the repository there, or of the namespace without one. */
interface Allowed {
  readonly id: string | null
  readonly allowed: readonly TokenAction[]
}

async function findAllowed(
  ctx: Context,
  principal: Principal,
  instance: InstanceForTraffic,
  path: string,
): Promise<Allowed> {
  const isAdministrator = principal.role === 'ADMINISTRATOR'
  const repository = await ctx.addressees.findRepository(instance.id, path, principal.id)
  if (repository !== null) {
    const { id, rank } = repository
    if (isAdministrator || rankAllows(rank, 'push')) return { id, allowed: ['pull', 'push'] }
    return { id, allowed: mayPull(principal, repository) ? ['pull'] : [] }
  }
  const names = splitRepositoryPath(path)
  if (names === null || principal.kind === 'anonymous') return { id: null, allowed: [] }
  const namespace = await findNamespaceForCaller(ctx.db, principal.id, instance.id, names.namespace)
  const actions = ['pull', 'push'] as const
  return {
    id: namespace?.id ?? null,
    allowed: isAdministrator ? actions : actions.filter((action) => rankAllows(namespace?.rank ?? 0, action)),
  }
}

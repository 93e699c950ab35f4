import type { Principal } from '@/lib/domain/principal'
import { rankAllows } from '@/lib/domain/access'
import { AppError } from '@/lib/domain/errors'
import { type RepositoryPath, splitRepositoryPath } from '@/lib/domain/reference'
import type { GrantedAccess } from '@/lib/domain/token-scope'
import { findNamespaceForCaller } from '@/lib/metadata/access'
import { findNamespaceByName } from '@/lib/metadata/namespaces'
import {
  type RepositoryForCaller,
  type NamedRepository,
  createRepositoryOnPush,
  findRepositoryForCaller,
} from '@/lib/metadata/repositories'
import type { Context } from '@/lib/context'
import { finishDeletions } from '@/lib/registry/finish-deletions'
import { OpenedRepository, type TrafficAction } from './opened-repository'
import { isPullAllowed } from './pull-permission'
import type { FoundRepository } from './repository-ahead'

/** The scope that a token must have, and the permission that the principal needs. */
const needs = {
  pull: { scope: 'pull', permission: 'pull' },
  push: { scope: 'push', permission: 'push' },
  delete: { scope: 'push', permission: 'manage' },
} as const

/**
 * Returns the repository `<namespace>/<name>` of an instance if the principal may do `action` there. What `ahead` found
 * is used if it is about them.
 * A push creates the repository with the namespace's defaults if the namespace allows it.
 *
 * A registry token's scopes were decided when it was issued; a push and a deletion also need a current grant. So does a
 * pull when the token was issued for another repository or namespace of this name, which has been deleted.
 *
 * Throws UNAUTHORIZED for an anonymous caller without permission, and without a token also when the repository does not
 * exist; SCOPE_INSUFFICIENT for a token without the scope; NAME_UNKNOWN when the repository does not exist or the
 * principal may not know that it does; DENIED when the principal may know that it exists but may not do `action`;
 * STORAGE_FULL when it would have to be created on a full disk.
 */
export async function openRepository(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  path: RepositoryPath,
  action: TrafficAction,
  ahead?: Promise<FoundRepository>,
): Promise<OpenedRepository> {
  const find = async () => {
    const found = await ahead
    const isIt = found?.instanceId === instanceId && found.path === path && found.subjectId === principal.id
    return isIt ? found.repository : findRepositoryForCaller(ctx.db, instanceId, path, principal.id)
  }
  return new OpenedRepository(await findAllowed(ctx, principal, instanceId, path, action, find), principal, action)
}

async function findAllowed(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  path: RepositoryPath,
  action: TrafficAction,
  find: () => Promise<RepositoryForCaller | null>,
): Promise<NamedRepository> {
  const { token } = principal
  if (token !== null && token.repositories.get(path)?.has(needs[action].scope) !== true) {
    throw insufficientScope(path, action)
  }
  const existing = await find()
  if (existing !== null) {
    assertAllowed(principal, existing, action)
    return existing
  }
  if (principal.kind === 'anonymous' && token === null) throw new AppError('UNAUTHORIZED')
  if (action === 'pull' && token !== null && !(await isBoundToNamespace(ctx, instanceId, token, path))) {
    // The same answer as for a new repository of this path, so that nobody learns whether there is one.
    throw insufficientScope(path, action)
  }
  if (action !== 'push') throw unknownName(path)
  return createOnPush(ctx, principal, instanceId, path)
}

function assertAllowed(principal: Principal, repository: RepositoryForCaller, action: TrafficAction): void {
  if (action === 'pull') {
    if (isPullAllowed(principal, repository)) return
    if (principal.token !== null) throw insufficientScope(repository.path, action)
  } else if (principal.role === 'ADMINISTRATOR' || rankAllows(repository.rank, needs[action].permission)) return
  if (principal.kind === 'anonymous') throw new AppError('UNAUTHORIZED')
  const mayKnow = repository.rank > 0 || repository.isPublic
  throw mayKnow ? new AppError('DENIED', { detail: { name: repository.path, action } }) : unknownName(repository.path)
}

/** Whether a token was issued for the path's namespace, as it is now, without a repository. */
async function isBoundToNamespace(
  ctx: Context,
  instanceId: string,
  token: GrantedAccess,
  path: RepositoryPath,
): Promise<boolean> {
  const namespace = splitRepositoryPath(path)?.namespace
  const found = namespace === undefined ? null : await findNamespaceByName(ctx.db, instanceId, namespace)
  return token.boundTo.get(path) === found?.id
}

async function createOnPush(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  path: string,
): Promise<NamedRepository> {
  const names = splitRepositoryPath(path)
  if (names === null) throw unknownName(path)
  if (principal.role !== 'ADMINISTRATOR') {
    const rank = (await findNamespaceForCaller(ctx.db, principal.id, instanceId, names.namespace))?.rank ?? 0
    if (rank === 0) throw unknownName(path)
    if (!rankAllows(rank, 'push')) throw new AppError('DENIED', { detail: { name: path, action: 'push' } })
  }
  ctx.reserve.assertRoomForContent()
  await finishDeletions(ctx, { instanceId, path })
  const created = await ctx.db.sqlTransaction((tx) =>
    createRepositoryOnPush(tx, { instanceId, namespace: names.namespace, name: names.name, createdBy: principal.name }),
  )
  if (created === null) {
    throw new AppError('NAME_UNKNOWN', {
      message: `repository ${path} does not exist: create it in the console under Repository > Repositories`,
      detail: { name: path },
    })
  }
  return created
}

function insufficientScope(path: string, action: TrafficAction): AppError {
  return new AppError('SCOPE_INSUFFICIENT', { detail: { name: path, action: needs[action].scope } })
}

function unknownName(path: string): AppError {
  return new AppError('NAME_UNKNOWN', { detail: { name: path } })
}

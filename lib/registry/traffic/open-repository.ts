import type { Principal } from '@/lib/domain/principal'
import { rankAllows } from '@/lib/domain/access'
import { AppError } from '@/lib/domain/errors'
import { type RepositoryPath, splitRepositoryPath } from '@/lib/domain/reference'
import { findNamespaceRank } from '@/lib/metadata/access'
import {
  type RepositoryForCaller,
  type RepositoryForTraffic,
  createRepositoryOnPush,
  findRepositoryForCaller,
} from '@/lib/metadata/repositories'
import type { Context } from '@/lib/context'
import { OpenedRepository, type TrafficAction } from './opened-repository'
import { mayPull } from './pull-permission'

/** The scope that a token must have, and the permission that the principal needs. */
const needs = {
  pull: { scope: 'pull', permission: 'pull' },
  push: { scope: 'push', permission: 'push' },
  delete: { scope: 'push', permission: 'manage' },
} as const

/**
 * Returns the repository `<namespace>/<name>` of an instance if the principal may do `action` there.
 * A push creates the repository with the namespace's defaults if the namespace allows it.
 *
 * A registry token's scopes were decided when it was issued; a push and a deletion also need a current grant.
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
): Promise<OpenedRepository> {
  return new OpenedRepository(await findAllowed(ctx, principal, instanceId, path, action), principal, action)
}

async function findAllowed(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  path: RepositoryPath,
  action: TrafficAction,
): Promise<RepositoryForTraffic> {
  if (principal.token !== null && principal.token.repositories.get(path)?.has(needs[action].scope) !== true) {
    throw new AppError('SCOPE_INSUFFICIENT', { detail: { name: path, action: needs[action].scope } })
  }
  const existing = await findRepositoryForCaller(ctx.db, instanceId, path, principal.id)
  if (existing !== null) {
    assertAllowed(principal, existing, action)
    return existing
  }
  if (principal.kind === 'anonymous' && principal.token === null) throw new AppError('UNAUTHORIZED')
  if (action !== 'push') throw unknownName(path)
  return createOnPush(ctx, principal, instanceId, path)
}

function assertAllowed(principal: Principal, repository: RepositoryForCaller, action: TrafficAction): void {
  if (principal.role === 'ADMINISTRATOR' || rankAllows(repository.rank, needs[action].permission)) return
  if (action === 'pull' && (principal.token !== null || mayPull(principal, repository))) return
  if (principal.kind === 'anonymous') throw new AppError('UNAUTHORIZED')
  const mayKnow = repository.rank > 0 || repository.isPublic
  throw mayKnow ? new AppError('DENIED', { detail: { name: repository.path, action } }) : unknownName(repository.path)
}

async function createOnPush(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  path: string,
): Promise<RepositoryForTraffic> {
  const names = splitRepositoryPath(path)
  if (names === null) throw unknownName(path)
  if (principal.role !== 'ADMINISTRATOR') {
    const rank = await findNamespaceRank(ctx.db, principal.id, instanceId, names.namespace)
    if (rank === null || rank === 0) throw unknownName(path)
    if (!rankAllows(rank, 'push')) throw new AppError('DENIED', { detail: { name: path, action: 'push' } })
  }
  ctx.reserve.assertRoomForContent()
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

function unknownName(path: string): AppError {
  return new AppError('NAME_UNKNOWN', { detail: { name: path } })
}

import { AppError } from '@/lib/domain/errors'
import { isRepositoryPath, splitRepositoryPath } from '@/lib/domain/reference'
import type { Principal } from '@/lib/auth/principal'
import { sqlTransaction } from '@/lib/metadata/database'
import { type RepositoryForTraffic, findRepositoryByPath } from '@/lib/metadata/repositories'
import { createRepositoryOnPush } from '@/lib/metadata/traffic'
import type { Context } from './context'
import { findInstanceOfHost } from './find-instance-of-host'

/** A repository as the use cases of pushes and pulls take it. */
export type Repository = RepositoryForTraffic

/** What a container client wants to do with a repository. `push` includes deletion. */
export type TrafficAction = 'pull' | 'push'

/**
 * The repository that `<namespace>/<name>` names on the instance of `host`, for a principal who may do `action` there.
 *
 * Throws NAME_INVALID, and NAME_UNKNOWN when there is no such repository or the principal may not know of it: the two
 * answers are the same. A push makes the repository where its namespace says so, with the namespace's defaults.
 */
export async function openRepository(
  ctx: Context,
  principal: Principal,
  host: string,
  path: string,
  action: TrafficAction,
): Promise<Repository> {
  if (!isRepositoryPath(path)) {
    throw new AppError('NAME_INVALID', { detail: { name: path.slice(0, 300) } })
  }
  const instanceId = await findInstanceOfHost(ctx, host)
  if (instanceId === null || principal.role !== 'ADMINISTRATOR') throw unknownName(path)
  const existing = await findRepositoryByPath(ctx.db, instanceId, path)
  if (existing !== null) return existing
  const names = splitRepositoryPath(path)
  if (action === 'pull' || names === null) throw unknownName(path)
  const created = await sqlTransaction(ctx.db, (tx) =>
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

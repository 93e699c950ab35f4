import { AppError } from '@/lib/domain/errors'
import { getRepository } from '@/lib/registry/repositories/get-repository'
import { getRepositoryByName } from '@/lib/registry/repositories/get-repository-by-name'
import type { RepositoryDetails } from '@/lib/registry/repositories/repository-details'
import { type CallInInstance, lookingFor } from './not-exist'
import { optional, text } from './parameters'

/** Parameters that name a repository: by its id, or by the names. */
export const repositoryParameters = {
  InstanceId: text,
  RepoId: optional(text),
  RepoNamespaceName: optional(text),
  RepoName: optional(text),
}

interface RepositoryCall extends CallInInstance {
  readonly input: {
    readonly InstanceId: string
    readonly RepoId?: string | undefined
    readonly RepoNamespaceName?: string | undefined
    readonly RepoName?: string | undefined
  }
}

/**
 * Returns the repository that a call names. Where it names it twice, both must be the same one. Throws NOT_FOUND for the
 * repository or the instance, BAD_REQUEST when a name is missing or the names are of another repository.
 */
export async function findRepository(call: RepositoryCall): Promise<RepositoryDetails> {
  const { ctx, principal, input } = call
  const { InstanceId, RepoId, RepoNamespaceName, RepoName } = input
  return lookingFor('repository', call, async () => {
    if (RepoId === undefined) {
      if (RepoNamespaceName === undefined && RepoName === undefined) throw missing('RepoId')
      if (RepoNamespaceName === undefined) throw missing('RepoNamespaceName')
      if (RepoName === undefined) throw missing('RepoName')
      return (await getRepositoryByName(ctx, principal, InstanceId, `${RepoNamespaceName}/${RepoName}`)).value
    }
    const { value } = await getRepository(ctx, principal, RepoId)
    if (value.instanceId !== InstanceId) throw new AppError('NOT_FOUND')
    if (RepoNamespaceName !== undefined && RepoNamespaceName !== value.namespace) throw other('RepoNamespaceName')
    if (RepoName !== undefined && RepoName !== value.name) throw other('RepoName')
    return value
  })
}

function missing(path: string): AppError {
  return new AppError('BAD_REQUEST', { fields: [{ path, message: 'required: RepoId, or both names' }] })
}

function other(path: string): AppError {
  return new AppError('BAD_REQUEST', { fields: [{ path, message: 'of the repository that RepoId names' }] })
}

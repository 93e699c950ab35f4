import { z } from 'zod'
import { action } from '@/lib/acr/action'
import { withFieldNames } from '@/lib/acr/field-names'
import { findRepository, repositoryParameters } from '@/lib/acr/find-repository'
import { lookingFor, notExist } from '@/lib/acr/not-exist'
import { readPageOf, tokenParameters } from '@/lib/acr/paging'
import { sayingWhatProtects } from '@/lib/acr/protected'
import { flag, freeText, oneOf, optional, text } from '@/lib/acr/parameters'
import { AppError } from '@/lib/domain/errors'
import { isRepositoryName } from '@/lib/domain/reference'
import { createRepository } from '@/lib/registry/repositories/create-repository'
import { deleteRepository } from '@/lib/registry/repositories/delete-repository'
import { listRepositories } from '@/lib/registry/repositories/list-repositories'
import type { RepositoryDetails } from '@/lib/registry/repositories/repository-details'
import { updateRepository } from '@/lib/registry/repositories/update-repository'

/** What may be set of a repository. ACR requires type and summary; here, what is left out stays, or is the default. */
const settings = {
  RepoType: optional(oneOf('PUBLIC', 'PRIVATE')),
  Summary: freeText(100),
  Detail: freeText(2000),
  TagImmutability: optional(flag),
}

/** `TagImmutability` is the console's Immutable: mode `enforce` with the exempt tags of the default. */
const createRepositoryAction = action({
  name: 'CreateRepository',
  input: z.object({
    InstanceId: text,
    RepoNamespaceName: text,
    RepoName: text.refine(isRepositoryName, {
      message:
        'lower-case letters, digits, “_”, “-”, “.” and “/”; no separator first or last; with its namespace at most 255 characters',
    }),
    ...settings,
  }),
  async run(call) {
    const { ctx, principal, input } = call
    const { InstanceId, RepoNamespaceName, RepoName, RepoType, Summary, Detail, TagImmutability } = input
    const wanted = {
      namespace: RepoNamespaceName,
      name: RepoName,
      type: RepoType,
      tagImmutability: TagImmutability,
      summary: Summary ?? '',
      description: Detail ?? '',
    }
    try {
      const create = () => createRepository(ctx, principal, InstanceId, wanted)
      return { RepoId: (await lookingFor('instance', call, create)).value.id }
    } catch (error) {
      // A namespace that is not there is no wrong parameter but missing.
      const isNamespaceMissing = AppError.is(error) && error.fields?.[0]?.path === 'namespace'
      throw isNamespaceMissing ? notExist('namespace') : withFieldNames(error, { name: 'RepoName' }, 'repository')
    }
  },
})

/**
 * Changes what the request names; `TagImmutability` is the console's Immutable check box, which leaves the exempt tags
 * as they are. Operators' scripts and Java's SDK name only some of the settings: the others stay.
 */
const updateRepositoryAction = action({
  name: 'UpdateRepository',
  input: z.object({ ...repositoryParameters, ...settings }),
  async run(call) {
    const { id } = await findRepository(call)
    const { RepoType, Summary, Detail, TagImmutability } = call.input
    const changes = { type: RepoType, summary: Summary, description: Detail, tagImmutability: TagImmutability }
    await lookingFor('repository', call, () => updateRepository(call.ctx, call.principal, id, changes, null))
    return {}
  },
})

const getRepositoryAction = action({
  name: 'GetRepository',
  input: z.object(repositoryParameters),
  async run(call) {
    const repository = await findRepository(call)
    return { ...shown(repository), Detail: repository.description }
  },
})

/** Names are compared as a whole. A repository that is being deleted is in no list. */
const listRepositoryAction = action({
  name: 'ListRepository',
  input: z.object({
    InstanceId: text,
    RepoNamespaceName: optional(text),
    RepoName: optional(text),
    RepoStatus: optional(oneOf('NORMAL', 'DELETING', 'DELETED', 'ALL')),
    ...tokenParameters,
  }),
  async run(call) {
    const { ctx, principal, input } = call
    const { InstanceId: instanceId, RepoNamespaceName: namespace, RepoName: name, RepoStatus } = input
    const isNone = RepoStatus === 'DELETING' || RepoStatus === 'DELETED'
    const { items, totalCount, fields } = await readPageOf(input, (request) =>
      lookingFor('instance', call, () =>
        listRepositories(ctx, principal, { ...request, instanceId, namespace, name, sort: 'name' }),
      ),
    )
    if (isNone) return { ...fields, TotalCount: '0', Repositories: [] }
    return { ...fields, TotalCount: String(totalCount), Repositories: items.map(shown) }
  },
})

/**
 * Deletes a repository with all images in it. One with protected tags is refused, whoever asks: the request has neither
 * its name nor a reason, which the deletion of immutable tags takes (docs/immutability.md). Terraform destroys it after
 * `tag_immutability = false` was applied.
 */
const deleteRepositoryAction = action({
  name: 'DeleteRepository',
  input: z.object(repositoryParameters),
  async run(call) {
    const { id } = await findRepository(call)
    const deletion = () => deleteRepository(call.ctx, call.principal, id, {}, null)
    await sayingWhatProtects(() => lookingFor('repository', call, deletion))
    return {}
  },
})

function shown(repository: RepositoryDetails) {
  return {
    InstanceId: repository.instanceId,
    RepoId: repository.id,
    RepoNamespaceName: repository.namespace,
    RepoName: repository.name,
    RepoType: repository.type,
    RepoStatus: 'NORMAL',
    // Nothing says whether a push made it.
    RepoBuildType: 'MANUAL',
    Summary: repository.summary,
    TagImmutability: repository.tagImmutability,
    CreateTime: Date.parse(repository.createdAt),
    ModifiedTime: Date.parse(repository.updatedAt),
    ResourceGroupId: '',
  }
}

/** Repositories. */
export const repositoryActions = [
  createRepositoryAction,
  updateRepositoryAction,
  getRepositoryAction,
  listRepositoryAction,
  deleteRepositoryAction,
]

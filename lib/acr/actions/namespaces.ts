import { z } from 'zod'
import { type ActionCall, action } from '@/lib/acr/action'
import { withFieldNames } from '@/lib/acr/field-names'
import { lookingFor } from '@/lib/acr/not-exist'
import { sayingWhatProtects } from '@/lib/acr/protected'
import { pageParameters, readPageOf } from '@/lib/acr/paging'
import { flag, jsonOf, oneOf, optional, text } from '@/lib/acr/parameters'
import { AppError } from '@/lib/domain/errors'
import { isNamespaceName } from '@/lib/domain/reference'
import { createNamespace } from '@/lib/registry/namespaces/create-namespace'
import { getNamespace } from '@/lib/registry/namespaces/get-namespace'
import { getNamespaceByName } from '@/lib/registry/namespaces/get-namespace-by-name'
import { listNamespaces } from '@/lib/registry/namespaces/list-namespaces'
import type { NamespaceDetails } from '@/lib/registry/namespaces/namespace-details'
import { updateNamespace } from '@/lib/registry/namespaces/update-namespace'
import { deleteNamespaceWithContent } from '@/lib/registry/repositories/delete-namespace-with-content'

const repositoryType = oneOf('PUBLIC', 'PRIVATE')

/** SDKs write booleans in JSON as such; scripts write them as texts too. */
const flagInJson = z.union([z.boolean(), flag], { error: 'true or false' })

const defaultRepoConfiguration = jsonOf(
  z.object(
    { RepoType: repositoryType.nullish(), TagImmutability: flagInJson.nullish() },
    { error: 'an object with RepoType and TagImmutability' },
  ),
).describe('JSON: `{"RepoType":"PRIVATE","TagImmutability":true}`')

/** What may be set of a namespace; what is left out stays, or is the default. */
const settings = {
  AutoCreateRepo: optional(flag),
  DefaultRepoType: optional(repositoryType),
  DefaultRepoConfiguration: optional(defaultRepoConfiguration),
}

/** Throws BAD_REQUEST when the older and the newer parameter for the type say different things. */
function read({ AutoCreateRepo, DefaultRepoType, DefaultRepoConfiguration }: z.output<z.ZodObject<typeof settings>>) {
  const { RepoType, TagImmutability } = DefaultRepoConfiguration ?? {}
  if (DefaultRepoType !== undefined && RepoType && RepoType !== DefaultRepoType) {
    const message = 'the same as RepoType in DefaultRepoConfiguration'
    throw new AppError('BAD_REQUEST', { fields: [{ path: 'DefaultRepoType', message }] })
  }
  return {
    autoCreateRepository: AutoCreateRepo,
    defaultRepositoryType: RepoType ?? DefaultRepoType,
    defaultTagImmutability: TagImmutability ?? undefined,
  }
}

const createNamespaceAction = action({
  name: 'CreateNamespace',
  input: z.object({
    InstanceId: text,
    NamespaceName: text.refine(isNamespaceName, {
      message: '2 to 120 lower-case letters, digits, “_”, “-” and “.”; no separator first or last, nor two in a row',
    }),
    ...settings,
  }),
  async run(call) {
    const { InstanceId, NamespaceName } = call.input
    const { autoCreateRepository = false, defaultRepositoryType = 'PRIVATE', ...others } = read(call.input)
    const wanted = {
      name: NamespaceName,
      autoCreateRepository,
      defaultRepositoryType,
      ...others,
      // As the console and the REST API have them.
      acceptSparseManifests: false,
      untaggedRetentionDays: 14,
    }
    try {
      await lookingFor('instance', call, () => createNamespace(call.ctx, call.principal, InstanceId, wanted))
    } catch (error) {
      throw withFieldNames(error, { name: 'NamespaceName' }, 'namespace')
    }
    return {}
  },
})

const updateNamespaceAction = action({
  name: 'UpdateNamespace',
  input: z.object({ InstanceId: text, NamespaceName: text, ...settings }),
  async run(call) {
    const { id } = await findNamespace(call, call.input)
    const changes = read(call.input)
    await lookingFor('namespace', call, () => updateNamespace(call.ctx, call.principal, id, changes, null))
    return {}
  },
})

const getNamespaceAction = action({
  name: 'GetNamespace',
  input: z.object({ InstanceId: text, NamespaceId: optional(text), NamespaceName: optional(text) }),
  run: async (call) => shown(await findNamespace(call, call.input)),
})

/** The name is compared as a whole. */
const listNamespaceAction = action({
  name: 'ListNamespace',
  input: z.object({
    InstanceId: text,
    NamespaceName: optional(text),
    NamespaceStatus: optional(oneOf('NORMAL', 'DELETING', 'ALL')),
    ...pageParameters,
  }),
  async run(call) {
    const { ctx, principal, input } = call
    const { InstanceId: instanceId, NamespaceName: name, NamespaceStatus } = input
    const { items, totalCount, fields } = await readPageOf(input, (request) =>
      lookingFor('instance', call, () => listNamespaces(ctx, principal, { ...request, instanceId, name })),
    )
    if (NamespaceStatus === 'DELETING') return { ...fields, TotalCount: '0', Namespaces: [] }
    return { ...fields, TotalCount: String(totalCount), Namespaces: items.map(shown) }
  },
})

/** Deletes a namespace with everything in it; nothing of it where a repository has protected tags, whoever asks. */
const deleteNamespaceAction = action({
  name: 'DeleteNamespace',
  input: z.object({ InstanceId: text, NamespaceName: text }),
  async run(call) {
    const { id } = await findNamespace(call, call.input)
    const deletion = () => deleteNamespaceWithContent(call.ctx, call.principal, id)
    await sayingWhatProtects(() => lookingFor('namespace', call, deletion))
    return {}
  },
})

interface NamedNamespace {
  readonly InstanceId: string
  readonly NamespaceId?: string | undefined
  readonly NamespaceName?: string | undefined
}

/** Throws NOT_FOUND for the namespace or the instance, and BAD_REQUEST when no name is given or another one's. */
async function findNamespace(
  { ctx, principal, host }: Pick<ActionCall, 'ctx' | 'principal' | 'host'>,
  input: NamedNamespace,
): Promise<NamespaceDetails> {
  const { InstanceId, NamespaceId, NamespaceName } = input
  return lookingFor('namespace', { ctx, principal, host, input }, async () => {
    if (NamespaceId === undefined) {
      if (NamespaceName === undefined) throw badName('required, unless NamespaceId is given')
      return (await getNamespaceByName(ctx, principal, InstanceId, NamespaceName)).value
    }
    const { value } = await getNamespace(ctx, principal, NamespaceId)
    if (value.instanceId !== InstanceId) throw new AppError('NOT_FOUND')
    if (NamespaceName !== undefined && NamespaceName !== value.name) throw badName('of the namespace of NamespaceId')
    return value
  })
}

function badName(message: string): AppError {
  return new AppError('BAD_REQUEST', { fields: [{ path: 'NamespaceName', message }] })
}

function shown(namespace: NamespaceDetails) {
  return {
    InstanceId: namespace.instanceId,
    NamespaceId: namespace.id,
    NamespaceName: namespace.name,
    NamespaceStatus: 'NORMAL',
    AutoCreateRepo: namespace.autoCreateRepository,
    DefaultRepoType: namespace.defaultRepositoryType,
    DefaultRepoConfiguration: {
      RepoType: namespace.defaultRepositoryType,
      TagImmutability: namespace.defaultTagImmutability,
      ArtifactBuildRuleParameters: { ImageIndexOnly: false },
    },
    ResourceGroupId: '',
  }
}

/** Namespaces. */
export const namespaceActions = [
  createNamespaceAction,
  updateNamespaceAction,
  getNamespaceAction,
  listNamespaceAction,
  deleteNamespaceAction,
]

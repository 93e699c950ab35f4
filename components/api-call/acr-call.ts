import type { PlannedRequest } from '@/lib/api/client/api'

/** An action of ACR's API with its parameters, under ACR's names. */
export interface AcrCall {
  readonly action: string
  readonly parameters: Readonly<Record<string, string | number | boolean>>
}

/** What the request alone does not say. */
export interface AcrPlace {
  /** The instance that the page is of; undefined: none, and so there is no action. */
  instanceId: string | undefined
  /** The name of the object, where the request has its id and ACR's action its name. */
  name: string | undefined
}

type Fields = Readonly<Record<string, unknown>>
type Translation = (matched: readonly string[], body: Fields, place: AcrPlace) => Fields | null

/** How fields of a body are called in ACR's actions. */
const repositoryFields = {
  namespace: 'RepoNamespaceName',
  name: 'RepoName',
  type: 'RepoType',
  summary: 'Summary',
  description: 'Detail',
  tagImmutability: 'TagImmutability',
}

/** The requests that have an action: method and path, ACR's name of it, and how its parameters are made. */
const translations: readonly (readonly [string, RegExp, string, Translation])[] = [
  ['POST', /^\/instances\/([^/]+)\/namespaces$/, 'CreateNamespace', (_, body) => namespaceParameters(body)],
  [
    'PATCH',
    /^\/namespaces\/([^/]+)$/,
    'UpdateNamespace',
    (_, body, { name }) => (name === undefined ? null : namespaceParameters({ ...body, name })),
  ],
  [
    'POST',
    /^\/instances\/([^/]+)\/repositories$/,
    'CreateRepository',
    (_, body) => renamed(withoutEmpty(body), repositoryFields),
  ],
  [
    'PATCH',
    /^\/repositories\/([^/]+)$/,
    'UpdateRepository',
    ([id], body) => withId(id, renamed(body, repositoryFields)),
  ],
  ['DELETE', /^\/repositories\/([^/?]+)$/, 'DeleteRepository', ([id]) => ({ RepoId: id })],
  [
    'DELETE',
    /^\/repositories\/([^/]+)\/tags\/([^/?]+)$/,
    'DeleteRepoTag',
    ([id, tag = '']) => ({ RepoId: id, Tag: decodeURIComponent(tag) }),
  ],
  ['PUT', /^\/instances\/([^/]+)\/credentials\/password$/, 'ResetLoginPassword', () => ({ Password: '<password>' })],
  [
    'POST',
    /^\/instances\/([^/]+)\/credentials\/temporary-token$/,
    'GetAuthorizationToken',
    (_, body) => renamed(body, { hours: 'ExpiresInHours' }),
  ],
]

/** The action of ACR's API that does what the request does, and no more or less; null: there is none. */
export function acrCallOf({ method, path, body }: PlannedRequest, place: AcrPlace): AcrCall | null {
  const { instanceId } = place
  if (instanceId === undefined) return null
  for (const [itsMethod, pattern, action, translate] of translations) {
    const matched = method === itsMethod ? pattern.exec(path) : null
    if (matched === null) continue
    const parameters = translate(matched.slice(1), fieldsOf(body), place)
    return parameters && { action, parameters: { InstanceId: instanceId, ...parameters } }
  }
  return null
}

function fieldsOf(body: unknown): Fields {
  return typeof body === 'object' ? { ...body } : {}
}

/** Fields that ACR's namespaces lack may only be what they are anyway. */
function namespaceParameters(body: Fields): Fields | null {
  const { acceptSparseManifests = false, untaggedRetentionDays = 14, defaultTagImmutability, ...others } = body
  if (acceptSparseManifests !== false || untaggedRetentionDays !== 14) return null
  const parameters = renamed(others, {
    name: 'NamespaceName',
    autoCreateRepository: 'AutoCreateRepo',
    defaultRepositoryType: 'DefaultRepoType',
  })
  if (parameters === null || defaultTagImmutability === undefined) return parameters
  return { ...parameters, DefaultRepoConfiguration: JSON.stringify({ TagImmutability: defaultTagImmutability }) }
}

/** The fields under their new names; null: one has none. */
function renamed(fields: Fields, names: Readonly<Record<string, string>>): Fields | null {
  const entries: [string, unknown][] = []
  for (const [name, value] of Object.entries(fields)) {
    const itsName = names[name]
    if (itsName === undefined) return null
    entries.push([itsName, value])
  }
  return Object.fromEntries(entries)
}

function withoutEmpty(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
}

function withId(id: string | undefined, parameters: Fields | null): Fields | null {
  return parameters && { RepoId: id, ...parameters }
}

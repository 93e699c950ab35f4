/** Addresses of the console's pages: for people to share, so each names what it shows. */

/** A section of a repository's page. */
export type RepositorySection = 'details' | 'tags' | 'untagged' | 'compare' | 'activity' | 'immutability' | 'access'

/** A kind of maintenance, each with a page of its own. */
export type MaintenanceSection = 'garbage-collection' | 'scrub'

const sections: readonly string[] = [
  'details',
  'tags',
  'untagged',
  'compare',
  'activity',
  'immutability',
  'access',
] satisfies RepositorySection[]

/** What stands before a digest in the address of its page. */
const digestsPart = 'digests'

/** The end of the address of a tag that has the name of a section. */
const tagEnd = 'history'

function isSection(text: string | undefined): text is RepositorySection {
  return text !== undefined && sections.includes(text)
}

/** What a repository's address is made of. */
interface RepositoryAddress {
  instanceId: string
  namespace: string
  /** May hold slashes. */
  name: string
}

/** The manual: its contents, or one of its pages. */
export function manualHref(page?: string): string {
  return page === undefined ? '/docs' : `/docs/${page}`
}

/** The reference of the REST API: all operations, or one of them. */
export function apiReferenceHref(operation?: string): string {
  return operation === undefined ? '/docs/api' : `/docs/api/${operation}`
}

/** The instances of a region. */
export function instancesHref(region: string): string {
  return `/${region}/instances`
}

/** An instance: where it answers, what it holds, who may pull. */
export function instanceHref(region: string, instanceId: string): string {
  return `/${region}/instance/${instanceId}`
}

/** The repositories of an instance; of one namespace where it is given. */
export function repositoriesHref(region: string, instanceId: string, namespace?: string): string {
  const query = namespace === undefined ? '' : `?namespace=${encodeURIComponent(namespace)}`
  return `/${region}/instance/${instanceId}/repositories${query}`
}

/** The namespaces of an instance. */
export function namespacesHref(region: string, instanceId: string): string {
  return `/${region}/instance/${instanceId}/namespaces`
}

/** A section of one repository. */
export function repositoryHref(region: string, address: RepositoryAddress, section: RepositorySection): string {
  const path = `${address.namespace}/${address.name}`.split('/').map(encodeURIComponent).join('/')
  return `/${region}/instance/${address.instanceId}/repository/${path}/${section}`
}

/** The page of one tag of a repository, existing or deleted. */
export function tagHref(region: string, address: RepositoryAddress, tag: string): string {
  // A tag may have the name of a section, whose address this would be.
  const end = isSection(tag) ? `/${tagEnd}` : ''
  return `${repositoryHref(region, address, 'tags')}/${encodeURIComponent(tag)}${end}`
}

/** The page of a manifest of a repository, with or without a tag. */
export function digestHref(region: string, address: RepositoryAddress, digest: string): string {
  return repositoryHref(region, address, 'tags').replace(/tags$/, `${digestsPart}/${digest}`)
}

/**
 * The comparison of two images of a repository, each a tag or a digest. Null: the person chooses it there.
 */
export function compareHref(
  region: string,
  address: RepositoryAddress,
  before: string | null,
  after: string | null,
): string {
  const query = new URLSearchParams({ ...(before !== null && { before }), ...(after !== null && { after }) })
  return `${repositoryHref(region, address, 'compare')}${query.size === 0 ? '' : `?${query}`}`
}

/** The runs of a kind of maintenance. Of the whole server: in no region, and in no instance. */
export function maintenanceHref(section: MaintenanceSection): string {
  return `/maintenance/${section}`
}

/** A page of the whole server that only administrators see: in no region, and in no instance. */
export type AdministrationSection = 'users' | 'robots' | 'audit'

/** A page of the administration. */
export function administrationHref(section: AdministrationSection): string {
  return `/${section}`
}

/** One user, with what they are granted. */
export function userHref(userId: string): string {
  return `${administrationHref('users')}/${userId}`
}

/** What one logs on to an instance's registry with. */
export function credentialsHref(region: string, instanceId: string): string {
  return `/${region}/instance/${instanceId}/credentials`
}

/** The pushes that an instance has refused. */
export function blockedPushesHref(region: string, instanceId: string): string {
  return `/${region}/instance/${instanceId}/blocked-pushes`
}

/** Who may do what on an instance and what it holds. */
export function accessControlHref(region: string, instanceId: string): string {
  return `/${region}/instance/${instanceId}/access-control`
}

/** A page of a person's own account. */
export type AccountSection = 'security' | 'access-keys'

/** A page of one's own account: in no region, and in no instance. */
export function accountHref(section: AccountSection): string {
  return `/account/${section}`
}

/** What a page's address holds after its path, as Next hands it to the page; empty, or with its question mark. */
export function queryOf(parameters: Record<string, string | string[] | undefined>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of value === undefined ? [] : [value].flat()) query.append(name, one)
  }
  return query.size === 0 ? '' : `?${query}`
}

/** What the address of a page of a repository names. */
interface RepositoryPath {
  namespace: string
  name: string
  section: RepositorySection | null
  tag?: string
  digest?: string
}

/**
 * Reads the catch-all part of a repository's address: namespace, name with its slashes, section, and the tag or digest
 * when it is the page of one (`…/tags/v1`, `…/digests/sha256:…`); the section is null when the address has none. Null
 * when it is no such address.
 */
export function parseRepositoryPath(segments: readonly string[]): RepositoryPath | null {
  const [namespace, ...rest] = segments.map(decodeURIComponent)
  if (namespace === undefined || rest.length === 0) return null
  const last = rest.at(-1)
  // No name of a repository has a colon, so this is no repository's name.
  if (last?.includes(':') && rest.at(-2) === digestsPart && rest.length > 2) {
    return { namespace, name: rest.slice(0, -2).join('/'), section: 'tags', digest: last }
  }
  const isOfTag = (at: number) => rest.at(at - 1) === 'tags' && rest.length + at > 1
  const tagAt = last === tagEnd && isSection(rest.at(-2)) && isOfTag(-2) ? -2 : isOfTag(-1) && !isSection(last) ? -1 : 0
  const tag = tagAt === 0 ? undefined : rest.at(tagAt)
  if (tag !== undefined) return { namespace, name: rest.slice(0, tagAt - 1).join('/'), section: 'tags', tag }
  // `team/tags` is the repository tags of team, and has no section.
  if (rest.length === 1 || !isSection(last)) return { namespace, name: rest.join('/'), section: null }
  return { namespace, name: rest.slice(0, -1).join('/'), section: last }
}

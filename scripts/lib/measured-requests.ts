import type { Answer, MeasuredServer } from './measured-server'

/** A request, or a command of the console's user, that is measured. */
export type Send = () => Promise<Answer>

const instance = 'cri-0000000000000big'
const repository = 'crr-00000000'
const neighbour = 'crr-00000001'

/** What the requests are about: of a database of scripts/lib/fill-database.ts, the repository with most tags. */
export interface MeasuredTarget {
  readonly instance: string
  readonly repository: string
  readonly path: string
  /** Names of tags. */
  readonly tags: readonly string[]
  /** What the first of them points at. */
  readonly digest: string
  /** A blob of the repository. */
  readonly blob: string
  /** Where the manifest of a tag of another repository is. */
  readonly neighbour: { readonly path: string; readonly url: string }
}

/** Finds the target. Throws when the database has no such repository. */
export async function findMeasuredTarget(server: MeasuredServer): Promise<MeasuredTarget> {
  const { text } = await server.rest(
    'GET',
    `/repositories/${repository}/tags?pageSize=50&sort=name&withTechnical=false`,
  )
  const { items } = JSON.parse(text) as {
    readonly items: readonly { readonly name: string; readonly digest: string }[]
  }
  const [first] = items
  if (first === undefined) throw new Error('the first repository has no tags')
  const path = 'team-0/app-0'
  const manifest = await server.registry(`/v2/${path}/manifests/${first.digest}`)
  const { config } = JSON.parse(manifest.text) as { readonly config: { readonly digest: string } }
  const tags = items.map(({ name }) => name)
  const others = await server.rest('GET', `/repositories/${neighbour}/tags?pageSize=1`)
  const [other] = (JSON.parse(others.text) as { readonly items: readonly { readonly name: string }[] }).items
  if (other === undefined) throw new Error('the second repository has no tags')
  const beside = { path: 'team-0/app-1', url: `/v2/team-0/app-1/manifests/${other.name}` }
  return { instance, repository, path, tags, digest: first.digest, blob: config.digest, neighbour: beside }
}

/** A change of all policies of the instance. */
export const policyChange = { immutability: { mode: 'audit', exemptTags: ['latest', 'dev-*', '*-rc?'] }, filter: {} }

const repositoryOrders = ['name', '-updatedAt', '-createdAt', '-tags', '-lastPushedAt', '-size']
const tagOrders = ['name', '-pushedAt', 'version', '-version', '-size']

/** What the pages of the console ask for, and other requests that only read, by name. */
export function listRequests(
  server: MeasuredServer,
  { path, tags, digest, blob }: MeasuredTarget,
  bearer: () => Promise<string>,
): Readonly<Record<string, Send>> {
  const [tag = '', other = tag] = tags
  const inRepository = `/repositories/${repository}`
  const inInstance = `/instances/${instance}`
  const get = (url: string) => () => server.rest('GET', url)
  const pull = (method: string, url: string) => async () => server.call(method, `/v2/${path}${url}`, await bearer())
  return {
    'a pull by tag': pull('GET', `/manifests/${tag}`),
    'a pull by digest': pull('GET', `/manifests/${digest}`),
    'HEAD of a blob': pull('HEAD', `/blobs/${blob}`),
    'a token': () => server.registry(`/v2/token?service=localhost%3A${server.port}&scope=repository:${path}:pull`),
    referrers: pull('GET', `/referrers/${digest}`),
    'tags over /v2': pull('GET', '/tags/list?n=1000'),
    catalog: () => server.registry('/v2/_catalog?n=1000'),
    regions: get('/regions'),
    instances: get('/instances'),
    instance: get(inInstance),
    namespaces: get(`${inInstance}/namespaces?pageSize=100`),
    ...Object.fromEntries(
      repositoryOrders.map((sort) => [
        `repositories by ${sort}`,
        get(`${inInstance}/repositories?pageSize=100&sort=${sort}`),
      ]),
    ),
    'repositories of a namespace': get(`${inInstance}/repositories?pageSize=100&namespace=team-0`),
    'page 50 of repositories': get(`${inInstance}/repositories?pageSize=100&sort=-updatedAt&page=50`),
    'repositories that hold a text': get(`${inInstance}/repositories?search=99`),
    'a repository': get(inRepository),
    'a repository by name': get(`${inInstance}/repositories/by-name?path=${encodeURIComponent(path)}`),
    ...Object.fromEntries(
      tagOrders.map((sort) => [
        `tags by ${sort}`,
        get(`${inRepository}/tags?pageSize=100&sort=${sort}&withTechnical=false`),
      ]),
    ),
    'page 100 of tags': get(`${inRepository}/tags?pageSize=100&sort=name&page=100`),
    'page 1000 of tags': get(`${inRepository}/tags?pageSize=100&sort=-pushedAt&page=1000&withTechnical=false`),
    'tags that hold a text': get(`${inRepository}/tags?search=99`),
    'tags that hold a rare text': get(`${inRepository}/tags?search=${tag.slice(1, 5)}7`),
    'tags that hold no such text': get(`${inRepository}/tags?search=nothing`),
    'tags that hold two letters': get(`${inRepository}/tags?search=zz`),
    'tags by a digest': get(`${inRepository}/tags?search=${digest.slice(7, 19)}`),
    'protected tags': get(`${inRepository}/tags?protection=protected`),
    'free tags': get(`${inRepository}/tags?protection=free`),
    'charts among tags': get(`${inRepository}/tags?kind=helmChart`),
    'a tag': get(`${inRepository}/tags/${tag}`),
    'a tag’s history': get(`${inRepository}/tags/${tag}/history`),
    'a tag’s space': get(`${inRepository}/tags/${tag}/space`),
    'a tag’s manifest': get(`${inRepository}/tags/${tag}/manifest`),
    'a manifest': get(`${inRepository}/manifests/${digest}`),
    attachments: get(`${inRepository}/manifests/${digest}/attachments`),
    comparison: get(`${inRepository}/comparison?before=${tag}&after=${other}`),
    'untagged manifests': get(`${inRepository}/untagged-manifests`),
    'reserved names': get(`${inRepository}/immutability/tombstones`),
    openings: get(`${inRepository}/immutability/openings`),
    'a policy': get(`${inRepository}/immutability`),
    'preview of a policy': get(`${inRepository}/immutability/preview?mode=enforce&exemptTag=dev-*`),
    'check of a push': () => server.rest('POST', `${inRepository}/immutability/check`, { tag }),
    'changes of policies': get(`${inInstance}/immutability-changes?pageSize=1`),
    'events of a repository': get(`${inRepository}/events?pageSize=100`),
    'events of a tag': get(`${inRepository}/events?pageSize=100&tag=${tag}`),
    'events of an actor': get(`${inRepository}/events?pageSize=100&actor=nobody`),
    'events of an instance': get(`${inInstance}/events?pageSize=100`),
    'refused pushes': get(`${inInstance}/events?pageSize=100&kind=REFUSED`),
    'events that hold a text': get(`${inInstance}/events?text=nothing-like-it`),
    'audit events': get('/audit-events?pageSize=100'),
    'audit events of an actor': get('/audit-events?pageSize=100&actor=admin'),
    'audit events that hold a text': get('/audit-events?text=nothing-like-it'),
    'search: a text': get('/search?q=v1'),
    'search: nothing': get('/search?q=nothing-here'),
    'search: a digest': get(`/search?q=${digest.slice(7, 15)}`),
    'search: a layer': get(`/search?q=${blob}`),
    grants: get('/grants'),
    'subjects of grants': get(`/grant-subjects?scopeId=${instance}`),
    users: get('/users'),
    robots: get('/robots'),
    'runs of collections': get('/garbage-collections'),
    'runs of scrubs': get('/scrubs'),
    credentials: get(`${inInstance}/credentials`),
    'a page of the console': () => server.call('GET', '/login', ''),
    metrics: () => server.call('GET', '/metrics', 'Bearer only-for-the-measurement'),
    // The last ones: what they start goes on for seconds.
    'space of a repository': get(`${inRepository}/space`),
    'space of an instance': get(`${inInstance}/space`),
  }
}

/** Requests whose answers are long or counted by a job: nobody waits for a page of the console meanwhile. */
export function listLongRequests(server: MeasuredServer): Readonly<Record<string, Send>> {
  const inRepository = `/repositories/${repository}`
  const inInstance = `/instances/${instance}`
  return {
    'preview of an instance’s policies': () =>
      server.rest('POST', `${inInstance}/immutability-changes/preview`, policyChange),
    'space of an instance, counted now': () => server.rest('GET', `${inInstance}/space?fresh=true`),
    'export of events': () => server.rest('GET', `${inInstance}/events?format=csv`),
    'export of a repository’s events': () => server.rest('GET', `${inRepository}/events?format=csv`),
    'export of audit events': () => server.rest('GET', '/audit-events/export?format=csv'),
  }
}

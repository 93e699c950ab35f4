import { existsSync } from 'node:fs'
import { instance } from '@/lib/api/schemas/instances'
import { type RepositoryView, repositoryPage } from '@/lib/api/schemas/repositories'
import { robotWithSecret } from '@/lib/api/schemas/robots'
import { sweep } from '@/scripts/lib/sweep.mjs'
import { type Row, callers, nobody } from '../access/matrix'
import { basicRows, repositoryPathOf, tokenRows } from '../access/registry'
import { Api, basic } from '../api'
import { digestOf } from '../digest'
import { expect, test } from '../fixtures'
import { type DatabaseKind, databases } from '../postgresql'
import type { StartedServer } from '../server'
import { type HeldConnection, holdConnections } from './held-connections'
import { type Answer, send, startUpload } from './http'

/*
 * The access matrix of the registry, asked over a connection to each process of a server: the rows for tokens, which
 * readers answer themselves, and those for passwords, which they pass on. The callers are robots;
 * lib/protocol/access-matrix.test.ts asks one process as every kind of caller.
 */

const imageType = 'application/vnd.oci.image.manifest.v1+json'
const config = Buffer.from('{"os":"linux","architecture":"amd64"}')
const layer = Buffer.from('a layer')
const chunk = Buffer.from('a new blob')
const image = manifestOf()
const referrer = manifestOf(image)

/** The rows of the matrix, by what they are asked with, and where when SWEEP does not ask for both databases. */
const parts = [
  { by: 'token', rows: tokenRows, usual: 'postgresql' },
  // A form has its credentials in its body: another way for each caller.
  { by: 'password', rows: basicRows.filter(({ operation }) => operation !== 'POST /v2/token'), usual: 'sqlite' },
] satisfies { by: string; rows: readonly Row[]; usual: DatabaseKind }[]

for (const { by, rows, usual } of parts) {
  for (const database of sweep<readonly DatabaseKind[]>([usual], databases)) {
    test(`every process answers each caller as the access matrix says, by ${by}: ${database}`, async ({
      startPrivateServer,
      postgresql,
    }) => {
      test.skip(!existsSync('/proc/self/fd'), 'only /proc tells which process has a connection')
      test.setTimeout(240_000)
      const server = await startPrivateServer(await postgresql.startOptions(database))
      const world = new World(server)
      await world.build()
      const connections = await holdConnections(server, 1)
      expect(connections.length).toBe(2)
      let asked = 0
      for (const row of rows.flatMap(byMethod)) {
        const expected = Object.fromEntries(row.answers)
        for (const [index, connection] of connections.entries()) {
          const actual: Record<string, string> = {}
          for (const caller of callers) actual[caller] = await world.ask(connection, row, caller, by === 'token')
          expect(actual, `${row.operation}, ${row.about}, process ${index}`).toEqual(expected)
          asked += callers.length
        }
      }
      test.info().annotations.push({ type: 'asked', description: `${asked} questions` })
      for (const connection of connections) connection.close()
    })
  }
}

/** A row for one method: `GET,HEAD <template>` is two. */
function byMethod(row: Row): Row[] {
  const [methods = '', template = ''] = row.operation.split(' ')
  return methods.split(',').map((method) => ({ ...row, operation: `${method} ${template}` }))
}

/** What the matrix asks about, made by the REST API. Every caller but `admin` is a robot of the default instance. */
class World {
  readonly #api: Api
  readonly #admin: string
  readonly #credentials = new Map<string, string>()
  readonly #tokens = new Map<string, string>()
  #instanceId = ''
  #closedId = ''
  #allowsAnonymousPull = false
  #isImmutable = false

  constructor(private readonly server: StartedServer) {
    this.#api = new Api(server)
    this.#admin = basic(server.admin.name, server.admin.password)
    this.#credentials.set('admin', this.#admin)
  }

  async build(): Promise<void> {
    const { id: instanceId } = await this.#api.defaultInstance()
    this.#instanceId = instanceId
    // The example of the first start.
    for (const { id } of await this.#repositories()) await this.#deleteRepository(id)
    const team = await this.#api.createNamespace({ name: 'team', autoCreateRepository: true })
    await this.#api.createNamespace({ name: 'other', autoCreateRepository: true })
    const closed = await this.#api.createRepository({ namespace: 'team', name: 'closed' })
    await this.#api.createRepository({ namespace: 'team', name: 'open', type: 'PUBLIC' })
    await this.#api.createRepository({ namespace: 'other', name: 'secret' })
    this.#closedId = closed.id
    for (const path of ['team/closed', 'team/open', 'other/secret']) await this.#push(path)
    const scopes: Readonly<Record<string, string>> = {
      instance: instanceId,
      namespace: team.id,
      repository: closed.id,
    }
    for (const caller of callers.filter((name) => name !== nobody && name !== 'admin')) {
      const [permission = '', scope = ''] = caller.split('-')
      const scopeId = scopes[scope]
      const grants = scopeId === undefined ? [] : [{ scopeId, permission: permission.toUpperCase() }]
      const body = { name: caller, grants }
      const robot = await this.#api.send('POST', `/instances/${instanceId}/robots`, robotWithSecret, body)
      this.#credentials.set(caller, basic(robot.userName, robot.secret))
    }
  }

  /** Asks what a row says over a connection, and answers in the table's words. */
  async ask(connection: HeldConnection, row: Row, caller: string, isByToken: boolean): Promise<string> {
    const [method = '', template = ''] = row.operation.split(' ')
    await this.#prepare(row)
    const path = repositoryPathOf(row)
    const target = template
      .replace('{name}', path)
      .replace('{reference}', row.about.includes('by digest') ? digestOf(image) : 'v1')
      .replace('/blobs/{digest}', `/blobs/${digestOf(layer)}`)
      .replace('{digest}', digestOf(image))
      .replace('{upload}', template.includes('{upload}') ? await this.#startUpload(path) : '')
    const query = new URLSearchParams()
    if (template === '/v2/token' && path !== '') query.append('scope', `repository:${path}:pull,push,delete`)
    if (row.about.includes('mounting')) {
      query.set('mount', digestOf(layer))
      query.set('from', 'other/secret')
    }
    if (template.includes('{upload}') && method === 'PUT') query.set('digest', digestOf(chunk))
    const authorization = isByToken ? await this.#tokenFor(row, caller) : this.#credentials.get(caller)
    const isManifest = template.includes('manifests')
    const body = template.includes('{upload}') ? chunk : isManifest ? image : undefined
    const answer = await connection.send(method, query.size === 0 ? target : `${target}?${query}`, {
      headers: { authorization, ...(isManifest && { 'content-type': imageType }) },
      ...(body !== undefined && ['PATCH', 'PUT'].includes(method) && { body }),
    })
    if (answer.status < 300) await this.#restore(row, method, path)
    return inWords(row, answer)
  }

  async #prepare({ about }: Row): Promise<void> {
    const allowAnonymousPull = about.includes('anonymous pull')
    if (allowAnonymousPull !== this.#allowsAnonymousPull) {
      this.#allowsAnonymousPull = allowAnonymousPull
      await this.#api.send('PATCH', `/instances/${this.#instanceId}`, instance, { allowAnonymousPull })
      this.#tokens.clear()
    }
    const tagImmutability = about.includes('immutable')
    if (tagImmutability === this.#isImmutable) return
    this.#isImmutable = tagImmutability
    await this.#api.updateRepository(this.#closedId, { tagImmutability })
  }

  /** Makes the world what it was before a request that was not refused. */
  async #restore(row: Row, method: string, path: string): Promise<void> {
    if (method === 'DELETE' && !row.operation.includes('{upload}')) await this.#push(path)
    if (method !== 'POST' || !row.about.startsWith('new')) return
    const made = (await this.#repositories()).find(({ namespace, name }) => `${namespace}/${name}` === path)
    await this.#deleteRepository(made?.id ?? '')
    this.#tokens.clear()
  }

  async #repositories(): Promise<readonly RepositoryView[]> {
    return (await this.#api.send('GET', `/instances/${this.#instanceId}/repositories`, repositoryPage)).items
  }

  async #deleteRepository(id: string): Promise<void> {
    expect((await this.#api.request('DELETE', `/repositories/${id}`)).status).toBe(204)
  }

  /** A token for what the row asks, with all that the caller may. */
  async #tokenFor(row: Row, caller: string): Promise<string | undefined> {
    if (caller === nobody && !row.about.includes('anonymous pull')) return undefined
    const path = row.about.includes('with a token for closed') ? 'team/closed' : repositoryPathOf(row)
    const scopes = [
      ...(path === '' ? [] : [`repository:${path}:pull,push,delete`]),
      ...(row.about.includes('token') ? [] : ['registry:catalog:*']),
    ]
    const query = new URLSearchParams(scopes.map((scope) => ['scope', scope]))
    const known = this.#tokens.get(`${caller} ${query}`)
    if (known !== undefined) return known
    const headers = { authorization: this.#credentials.get(caller) }
    const { status, body } = await send(this.server, 'GET', `/v2/token?${query}`, { headers })
    expect(status).toBe(200)
    const token = `Bearer ${(JSON.parse(body.toString()) as { token: string }).token}`
    this.#tokens.set(`${caller} ${query}`, token)
    return token
  }

  async #startUpload(path: string): Promise<string> {
    return (await startUpload(this.server, path)).split('/').at(-1) ?? ''
  }

  async #push(path: string): Promise<void> {
    const put = async (method: string, rest: string, body: Buffer) => {
      const headers = { 'content-type': rest.startsWith('blobs') ? 'application/octet-stream' : imageType }
      expect((await send(this.server, method, `/v2/${path}/${rest}`, { headers, body })).status, rest).toBe(201)
    }
    for (const blob of [config, layer]) await put('POST', `blobs/uploads/?digest=${digestOf(blob)}`, blob)
    await put('PUT', 'manifests/v1', image)
    await put('PUT', `manifests/${digestOf(referrer)}`, referrer)
  }
}

function inWords(row: Row, { status, headers, body }: Answer): string {
  if (status >= 400) {
    const isChallenged = headers['www-authenticate'] !== undefined
    return isChallenged === (status === 401) ? String(status) : `${status}, challenged: ${isChallenged}`
  }
  if (row.about.includes('mounting')) return status === 201 ? 'mounted' : 'ok'
  if (body.length === 0 || !/_catalog|tags|referrers|token/.test(row.operation)) return 'ok'
  const said = JSON.parse(body.toString()) as Record<string, unknown>
  if (typeof said['scope'] === 'string') {
    return `ok:${said['scope'] === '' ? 0 : (said['scope'].split(':')[2] ?? '').split(',').length}`
  }
  const listed = ['repositories', 'tags', 'manifests'].map((field) => said[field]).find((list) => Array.isArray(list))
  return `ok:${listed?.length}`
}

function manifestOf(subject?: Buffer): Buffer {
  const described = (mediaType: string, content: Buffer) => ({
    mediaType,
    digest: digestOf(content),
    size: content.length,
  })
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: imageType,
      config: described('application/vnd.oci.image.config.v1+json', config),
      layers: [described('application/vnd.oci.image.layer.v1.tar', layer)],
      ...(subject !== undefined && { subject: described(imageType, subject) }),
    }),
  )
}

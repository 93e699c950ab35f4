import { existsSync } from 'node:fs'
import { Agent } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { instance } from '@/lib/api/schemas/instances'
import { Api, basic } from '../api'
import { digestOf } from '../digest'
import { expect, pushImage, test } from '../fixtures'
import { endAtOnce, listChildren } from '../processes'
import type { ServerInfo, StartedServer } from '../server'
import { generateBlob } from './generated-blob'
import { HeldConnection, holdConnections, processesOf } from './held-connections'
import { type Answer, open, send } from './http'

/*
 * A server of several processes (docs/decisions/0033-processes.md) is one server to its clients: what one process has
 * acknowledged is true for all of them at once, and the end of one is not the end of the others.
 */

const metricsToken = 'token-of-the-metrics-0123'
const env = { STELE_PROCESSES: '3', STELE_METRICS_TOKEN: metricsToken }

/** More connections than processes: the supervisor gives each process its share of them. */
const connections = 9

const mebibyte = 1024 * 1024
const manifestType = 'application/vnd.oci.image.manifest.v1+json'

async function startAll(start: (options: { env: Record<string, string> }) => Promise<StartedServer>) {
  const server = await start({ env })
  await expect.poll(async () => (await processesOf(server)).readers.length).toBe(2)
  return server
}

/** Sends a request over each of as many connections, one after the other: opened at once, they come to all processes. */
async function sendAll<T>(server: ServerInfo, request: (agent: Agent, index: number) => Promise<T>): Promise<T[]> {
  const agents = Array.from({ length: connections }, () => new Agent({ keepAlive: true, maxSockets: 1 }))
  const anonymous = { authorization: undefined }
  await Promise.all(agents.map((agent) => send(server, 'GET', '/v2/', { headers: anonymous, agent })))
  const answers: T[] = []
  for (const [index, agent] of agents.entries()) answers.push(await request(agent, index))
  for (const agent of agents) agent.destroy()
  return answers
}

function askAll(server: ServerInfo, method: string, path: string, headers: Record<string, string | undefined>) {
  return sendAll(server, (agent) => send(server, method, path, { headers, agent }))
}

/** The statuses of the answers, each once. */
function statusesOf(answers: readonly Answer[]): number[] {
  return [...new Set(answers.map(({ status }) => status))]
}

/** Why a request was refused; the status where it was not. */
function messageOf({ status, body }: Answer): string | number {
  return /"message":"([^"]*)"/.exec(body.toString())?.[1] ?? status
}

async function tokenFor(server: ServerInfo, path: string, name: string, secret: string): Promise<string> {
  const url = `${server.url}/v2/token?scope=repository:${path}:pull,push&scope=registry:catalog:*`
  const answer = await fetch(url, { headers: { authorization: basic(name, secret) } })
  return ((await answer.json()) as { token: string }).token
}

test('what changes counts at once in every process', async ({ startPrivateServer }) => {
  const server = await startAll(startPrivateServer)
  const api = new Api(server)
  const { id, name } = await api.createRepository({ type: 'PUBLIC' })
  const path = `test/${name}`
  const first = await pushImage(server, path, 'v1', 'first')
  const { id: instanceId } = await api.defaultInstance()
  const bearer = { authorization: `Bearer ${await tokenFor(server, path, server.admin.name, server.admin.password)}` }
  const anonymous = { authorization: undefined }
  const tag = `/v2/${path}/manifests/v1`

  expect(statusesOf(await askAll(server, 'GET', tag, bearer))).toEqual([200])
  expect(statusesOf(await askAll(server, 'GET', tag, anonymous))).toEqual([401])
  await api.send('PATCH', `/instances/${instanceId}`, instance, { allowAnonymousPull: true })
  expect(statusesOf(await askAll(server, 'GET', tag, anonymous))).toEqual([200])

  const second = await pushImage(server, path, 'v1', 'second')
  const moved = await askAll(server, 'HEAD', tag, bearer)
  expect(new Set(moved.map(({ headers }) => headers['docker-content-digest']))).toEqual(new Set([second]))
  expect(second).not.toBe(first)

  await api.updateRepository(id, { tagImmutability: true })
  const manifest = await send(server, 'GET', `/v2/${path}/manifests/${first}`)
  await sendAll(server, async (agent) => {
    const headers = { ...bearer, 'content-type': manifestType }
    const pushed = await send(server, 'PUT', tag, { headers, body: manifest.body, agent })
    expect([pushed.status, pushed.body.toString()]).toEqual([409, expect.stringContaining('cannot be overwritten')])
  })

  await api.updateRepository(id, { type: 'PRIVATE' })
  expect(statusesOf(await askAll(server, 'GET', tag, anonymous))).toEqual([401])
})

test('a client that opens one connection after the other is answered by the main process alone, others by all', async ({
  startPrivateServer,
}) => {
  test.skip(!existsSync('/proc/self/fd'), 'only /proc tells which process has a connection')
  const server = await startAll(startPrivateServer)
  const { main, readers } = await processesOf(server)
  // Until all of them take connections.
  for (const connection of await holdConnections(server, 1)) connection.close()
  const inTurn = async () => {
    const pids: number[] = []
    for (let i = 0; i < connections; i++) {
      const connection = await HeldConnection.open(server)
      pids.push(connection.pid)
      connection.close()
    }
    return new Set(pids)
  }
  // Connections of the start count until they have been idle for a moment.
  await expect.poll(inTurn).toEqual(new Set([main]))
  const held = await Promise.all(Array.from({ length: connections }, () => HeldConnection.open(server)))
  expect(new Set(held.map(({ pid }) => pid))).toEqual(new Set([main, ...readers]))
  for (const connection of held) connection.close()
})

test('the end of a process is not the end of the others: pulls go on, and nothing acknowledged is lost', async ({
  startPrivateServer,
}) => {
  test.setTimeout(120_000)
  const server = await startAll(startPrivateServer)
  const { name } = await new Api(server).createRepository()
  const path = `test/${name}`
  const config = Buffer.from('{}')
  const uploaded = await send(server, 'POST', `/v2/${path}/blobs/uploads/?digest=${digestOf(config)}`, { body: config })
  expect(uploaded.status).toBe(201)
  const bearer = { authorization: `Bearer ${await tokenFor(server, path, server.admin.name, server.admin.password)}` }
  const acknowledged = new Map<string, string>()
  let isOver = false
  const push = async (pusher: number) => {
    for (let n = 0; !isOver; n++) {
      const reference = `t-${pusher}-${n}`
      const body = manifestOf(config, reference)
      const headers = { ...bearer, 'content-type': manifestType }
      const answer = await send(server, 'PUT', `/v2/${path}/manifests/${reference}`, { headers, body }).catch(
        () => null,
      )
      // Where the process ended meanwhile, nobody knows whether the tag is there.
      if (answer === null) continue
      expect([answer.status, answer.body.toString()]).toEqual([201, ''])
      acknowledged.set(reference, digestOf(body))
    }
  }
  const pushers = [0, 1, 2, 3].map(push)
  const seen = async (count: number) => {
    const from = acknowledged.size
    await expect.poll(() => acknowledged.size, { timeout: 40_000 }).toBeGreaterThan(from + count)
  }
  await seen(20)

  for (const role of ['reader', 'main', 'reader', 'main'] as const) {
    const { main, readers } = await processesOf(server)
    endAtOnce(role === 'main' ? main : (readers[0] ?? 0))
    // Before the next one is there: the others answer, whichever process a connection was meant for.
    const pulls = await askAll(server, 'GET', `/v2/${path}/manifests/t-0-0`, bearer)
    expect(statusesOf(pulls)).toEqual([200])
    await seen(20)
    await expect.poll(async () => (await processesOf(server)).readers.length).toBe(2)
  }

  isOver = true
  await Promise.all(pushers)
  for (const [reference, digest] of acknowledged) {
    const { status, headers } = await send(server, 'HEAD', `/v2/${path}/manifests/${reference}`, { headers: bearer })
    expect([status, headers['docker-content-digest']], reference).toEqual([200, digest])
  }
})

test('an upload goes on in whichever process its next request reaches, and only one may write at a time', async ({
  startPrivateServer,
}) => {
  const server = await startAll(startPrivateServer)
  const { name } = await new Api(server).createRepository()
  const path = `test/${name}`
  const bearer = { authorization: `Bearer ${await tokenFor(server, path, server.admin.name, server.admin.password)}` }
  const blob = generateBlob('upload', connections * mebibyte)
  const start = async () => {
    const { headers } = await send(server, 'POST', `/v2/${path}/blobs/uploads/`, { headers: bearer })
    return headers.location ?? ''
  }
  const location = await start()
  await sendAll(server, async (agent, index) => {
    const body = Buffer.concat([...blob.read(index * mebibyte, (index + 1) * mebibyte)])
    const { status, headers } = await send(server, 'PATCH', location, { headers: bearer, body, agent })
    expect([status, headers.range]).toEqual([202, `0-${(index + 1) * mebibyte - 1}`])
  })
  const put = await send(server, 'PUT', `${location}?digest=${blob.digest}`, { headers: bearer, agent: new Agent() })
  expect([put.status, put.body.toString()]).toEqual([201, ''])
  const pulled = await askAll(server, 'GET', `/v2/${path}/blobs/${blob.digest}`, bearer)
  expect(new Set(pulled.map(({ body }) => digestOf(body)))).toEqual(new Set([blob.digest]))

  const contested = await start()
  let goOn: () => void = () => {}
  const held = new Promise<void>((resolve) => (goOn = resolve))
  async function* slowly() {
    yield Buffer.alloc(1000)
    await held
  }
  const first = send(server, 'PATCH', contested, { headers: bearer, body: slowly(), agent: new Agent() })
  // Until the server has the first bytes: a request before would be the first one.
  await setTimeout(1000)
  const others = await askAll(server, 'PATCH', contested, { ...bearer, 'content-length': '0' })
  expect(others.map(messageOf)).toEqual(others.map(() => 'another request is writing to this upload'))
  goOn()
  expect((await first).status).toBe(202)
})

test('requests of all processes are one sum in the metrics, also those of a reader that has ended', async ({
  startPrivateServer,
}) => {
  const server = await startAll(startPrivateServer)
  const { name } = await new Api(server).createRepository()
  const path = `test/${name}`
  await pushImage(server, path, 'v1')
  const bearer = { authorization: `Bearer ${await tokenFor(server, path, server.admin.name, server.admin.password)}` }
  const pull = () => askAll(server, 'GET', `/v2/${path}/manifests/v1`, bearer)
  const route = 'door="registry",route="/v2/{name}/manifests/{reference}",method="GET",status="200"'
  const count = async () => {
    const answer = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } })
    return Number(/^stele_http_requests_total\{(.*)\} (\d+)$/m.exec(linesWith(await answer.text(), route))?.[2] ?? 0)
  }

  await pull()
  await expect.poll(count).toBe(connections)
  const { readers } = await processesOf(server)
  endAtOnce(readers[0] ?? 0)
  await expect.poll(async () => (await processesOf(server)).readers.filter((pid) => pid !== readers[0]).length).toBe(2)
  expect(await count()).toBe(connections)
  await pull()
  await expect.poll(count).toBe(2 * connections)
})

test('a stop lets the pulls of every process end, and leaves no process', async ({ startPrivateServer }) => {
  const server = await startAll(startPrivateServer)
  const { name } = await new Api(server).createRepository()
  const path = `test/${name}`
  // More than the buffers of the connection.
  const blob = generateBlob('stop', 24 * mebibyte)
  await send(server, 'POST', `/v2/${path}/blobs/uploads/?digest=${blob.digest}`, { body: blob.read() })
  const bearer = { authorization: `Bearer ${await tokenFor(server, path, server.admin.name, server.admin.password)}` }
  const pulls = await Promise.all(
    Array.from({ length: connections }, () =>
      open(server, 'GET', `/v2/${path}/blobs/${blob.digest}`, { headers: bearer, agent: new Agent() }),
    ),
  )
  const children = await listChildren(server.pid)
  expect(children.length).toBe(3)

  process.kill(server.pid, 'SIGTERM')
  await expect.poll(() => server.output()).toContain('"msg":"stopping"')
  for (const pull of pulls) {
    let bytes = 0
    for await (const chunk of pull) bytes += (chunk as Uint8Array).length
    expect(bytes).toBe(24 * mebibyte)
  }
  expect(await server.stop()).toBe(0)
  for (const child of children) expect(() => process.kill(child, 0)).toThrow('ESRCH')
})

for (const credential of ['password', 'token'] as const) {
  // With a password, a reader passes the upload on; with a token it stores the bytes itself.
  test(`a stop in the middle of an upload with a ${credential} over a reader lets the upload end over another connection`, async ({
    startPrivateServer,
  }) => {
    const server = await startAll(startPrivateServer)
    const { name } = await new Api(server).createRepository()
    const path = `test/${name}`
    const { admin } = server
    const token = await tokenFor(server, path, admin.name, admin.password)
    const headers = { authorization: credential === 'token' ? `Bearer ${token}` : basic(admin.name, admin.password) }
    const reader = (await holdConnections(server, 1)).at(-1)
    const blob = generateBlob('stopped', 2 * mebibyte)
    const upload = (await send(server, 'POST', `/v2/${path}/blobs/uploads/`, { headers })).headers.location ?? ''
    const probe = async () => (await fetch(`${server.url}/readyz`)).json() as Promise<unknown>
    async function* slowly() {
      yield* blob.read(0, mebibyte)
      await expect.poll(async () => (await send(server, 'GET', upload, { headers })).headers.range).not.toBe('0-0')
      process.kill(server.pid, 'SIGTERM')
      await expect.poll(probe).toMatchObject({ status: 'stopping' })
      // As long as the upload lasts, the port is open: longer than the main process waits for uploads of its own.
      for (const end = performance.now() + 2_500; performance.now() < end;) {
        expect(await probe()).toMatchObject({ status: 'stopping' })
        await setTimeout(100)
      }
      yield* blob.read(mebibyte, 2 * mebibyte)
    }

    const chunk = await reader?.send('PATCH', upload, { headers, body: slowly() })
    expect([chunk?.status, chunk?.headers.connection]).toEqual([202, 'close'])
    const finished = await send(server, 'PUT', `${upload}?digest=${blob.digest}`, { headers, agent: new Agent() })
    expect(finished.status).toBe(201)

    // A second signal would hurry it.
    await expect.poll(() => server.output().match(/"cut":(true|false)/g), { timeout: 30_000 }).toHaveLength(3)
    expect(server.output()).not.toContain('"cut":true')
    expect(await server.stop()).toBe(0)
  })
}

function linesWith(text: string, part: string): string {
  return text
    .split('\n')
    .filter((line) => line.includes(part))
    .join('\n')
}

function manifestOf(config: Buffer, text: string): Buffer {
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(config), size: config.length },
      layers: [],
      annotations: { text },
    }),
  )
}

import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest'
import { createRegistryHandler } from '@/lib/protocol/handler'
import type { ProcessContext } from '@/lib/server/create-context'
import { blobPath } from '@/lib/storage/filesystem/filesystem-layout'
import { digestOf } from '@/lib/storage/hash'
import { TestRegistry, authorization, basic, startTestRegistry } from '@/lib/testing/test-registry'
import { type ReadersServer, listenForReaders } from './listen-for-readers'
import { MainClient } from './main-client'
import { createServices } from './main-services'
import { openReaderContext } from './reader-context'

/*
 * A reader beside the main process of the same SQLite database: what it answers itself, and what it passes on. Here it
 * answers 555 where it would relay the request.
 */

const passedOn = 555
const day = 24 * 3_600_000

let main: TestRegistry
let reader: TestRegistry
let services: ReadersServer
let client: MainClient
let folder: string
const closers: (() => unknown)[] = []
/** How the main process would answer what is passed on. */
let statusOfMain: number

beforeEach(async ({ skip }) => {
  if (inject('provider') !== 'sqlite') skip('readers write to PostgreSQL themselves')
  const started = await startTestRegistry()
  main = started.registry
  folder = await mkdtemp(path.join(tmpdir(), 'stele-reader-'))
  const socket = path.join(folder, 'services.sock')
  services = await listenForReaders(main.ctx.log, socket, createServices(main.ctx))
  client = new MainClient(socket)
  const ctx = await openReaderContext(main.ctx.config, client)
  const server = await serve(ctx)
  reader = new TestRegistry(ctx, (server.address() as AddressInfo).port, server)
  // From then on it knows the password.
  statusOfMain = 200
  expect(await statusOf('GET', '/v2/')).toBe(passedOn)
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
    () => client.close(),
    () => services.close(),
    () => ctx.db.close(),
    () => started.close(),
    () => rm(folder, { recursive: true, force: true }),
  )
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function serve(ctx: ProcessContext): Promise<Server> {
  const handle = createRegistryHandler(ctx)
  const server = createServer((request, response) => {
    handle(request, response, undefined, [], ({ noteAnswer }) => {
      noteAnswer?.(statusOfMain)
      response.writeHead(passedOn).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

const statusOf = async (method: string, path_: string, at = reader) => (await at.send(method, path_)).status

test('it answers what it can read, as the main process does, and sees each change of that one at once', async () => {
  const image = await main.image('first')
  await main.pushManifest('v1', image.bytes)
  for (const asked of [
    'manifests/v1',
    `manifests/${image.digest}`,
    `blobs/${image.layer}`,
    'tags/list',
    'manifests/v2',
  ]) {
    const [ours, theirs] = await Promise.all(
      [reader, main].map((each) => each.send('GET', `/v2/test/example/${asked}`)),
    )
    expect([ours?.status, ours?.body.toString('hex')]).toEqual([theirs?.status, theirs?.body.toString('hex')])
  }
  const other = await main.image('second')
  await main.pushManifest('v1', other.bytes)
  expect(await reader.digestOfTag('v1')).toBe(other.digest)
})

test('it issues the anonymous tokens that the main process would issue, by the same settings', async () => {
  await main.ctx.db.prisma.instance.updateMany({ data: { allowAnonymousPull: true } })
  await main.ctx.db.prisma.repository.updateMany({ where: { path: 'test/example' }, data: { type: 'PUBLIC' } })
  const image = await main.image('first')
  await main.pushManifest('v1', image.bytes)
  const url = '/v2/token?scope=repository:test/example:pull,push%20repository:test/other:pull'
  const tokenOf = async (at: TestRegistry) => {
    const { status, body } = await at.send('GET', url, { anonymous: true })
    return { status, ...(JSON.parse(body.toString()) as { token: string; scope: string }) }
  }
  const [ours, theirs] = [await tokenOf(reader), await tokenOf(main)]
  expect(ours).toMatchObject({ status: 200, scope: 'repository:test/example:pull' })
  expect(theirs.scope).toBe(ours.scope)
  for (const at of [reader, main]) {
    const headers = { authorization: `Bearer ${ours.token}` }
    expect((await at.send('GET', '/v2/test/example/manifests/v1', { headers })).status).toBe(200)
    expect((await at.send('GET', '/v2/test/other/manifests/v1', { headers })).status).toBe(401)
  }
  await main.ctx.db.prisma.instance.updateMany({ data: { allowAnonymousPull: false } })
  expect((await tokenOf(reader)).status).toBe(401)
})

test('it lets in the secrets that the main process has let in, for tokens too, until anything about them changes', async () => {
  const id = await main.addUser('member', 'member-password-1')
  await main.grant({ userId: id }, 'PULL')
  const ask = (secret: string, path_ = '/v2/token?scope=repository:test/example:pull') =>
    reader.send('GET', path_, { headers: { authorization: basic('member', secret) } })
  expect((await ask('member-password-1')).status).toBe(passedOn)
  const granted = await ask('member-password-1')
  expect(granted).toMatchObject({ status: 200, json: { scope: 'repository:test/example:pull' } })
  const pull = { headers: { authorization: `Bearer ${String(granted.json['token'])}` } }
  expect((await main.send('GET', '/v2/test/example/tags/list', pull)).status).toBe(200)
  expect((await ask('member-password-1', '/v2/test/example/tags/list')).status).toBe(200)

  await main.ctx.db.prisma.user.update({ where: { id }, data: { isDisabled: true } })
  expect((await ask('member-password-1')).status).toBe(passedOn)
  await main.ctx.db.prisma.user.update({ where: { id }, data: { isDisabled: false } })
  expect((await ask('member-password-1')).status).toBe(200)
  const passwordHash = await main.ctx.passwords.hash('member-password-2')
  await main.ctx.db.prisma.registryPassword.updateMany({ where: { userId: id }, data: { passwordHash } })
  expect((await ask('member-password-1')).status).toBe(passedOn)
})

test('it answers no guess: after a wrong secret the right one is the business of the main process again', async () => {
  const ask = (value = authorization) => reader.send('GET', '/v2/', { headers: { authorization: value } })
  statusOfMain = 401
  expect((await ask(basic('admin', 'wrong'))).status).toBe(passedOn)
  statusOfMain = 429
  expect((await ask()).status).toBe(passedOn)
  expect((await ask()).status).toBe(passedOn)
  statusOfMain = 200
  expect((await ask()).status).toBe(passedOn)
  expect((await ask()).status).toBe(200)
})

test('it passes on what needs a write: a push, a deletion, a HEAD that must be recorded', async () => {
  const image = await main.image('first')
  await main.pushManifest('v1', image.bytes)
  expect((await reader.pushManifest('v1', image.bytes)).status).toBe(passedOn)
  expect(await statusOf('DELETE', '/v2/test/example/manifests/v1')).toBe(passedOn)
  expect(await statusOf('POST', '/v2/test/example/blobs/uploads/')).toBe(passedOn)

  const head = `/v2/test/example/blobs/${image.layer}`
  expect(await statusOf('HEAD', head)).toBe(200)
  await main.ctx.db.prisma.repositoryBlob.updateMany({ data: { seenAt: new Date(Date.now() - day) } })
  expect(await statusOf('HEAD', head)).toBe(passedOn)
  expect(await statusOf('HEAD', head, main)).toBe(200)
  expect(await statusOf('HEAD', head)).toBe(200)
})

test('it passes on one pull of a blob that is due for a check, and serves it no more once it is found corrupt', async () => {
  const content = randomBytes(100_000)
  const digest = await main.pushBlob(content)
  const file = blobPath(main.ctx.config.dataDir, digestOf(content))
  const bytes = await readFile(file)
  bytes[0] = (bytes[0] ?? 0) ^ 1
  await writeFile(file, bytes)
  await utimes(file, new Date(Date.now() - day), new Date(Date.now() - day))

  expect(await statusOf('GET', `/v2/test/example/blobs/${digest}`)).toBe(passedOn)
  await main.send('GET', `/v2/test/example/blobs/${digest}`).catch(() => undefined)
  await expect.poll(() => statusOf('GET', `/v2/test/example/blobs/${digest}`)).toBe(404)
})

test('it stores the bytes of an upload under a lock of the main process, which links the blob', async () => {
  const { headers } = await main.send('POST', '/v2/test/example/blobs/uploads/')
  const location = headers.location ?? ''
  const content = randomBytes(300_000)

  const lock = await main.ctx.db.tryLock(`upload ${location.split('/').at(-1) ?? ''}`)
  expect((await reader.send('PATCH', location, { body: content })).status).toBe(409)
  await lock?.release()

  expect((await reader.send('PATCH', location, { body: content })).status).toBe(202)
  expect((await reader.send('PUT', `${location}?digest=${digestOf(content)}`)).status).toBe(201)
  for (const each of [reader, main]) {
    expect((await each.send('GET', `/v2/test/example/blobs/${digestOf(content)}`)).body.equals(content)).toBe(true)
  }
  expect(await statusOf('GET', location)).toBe(404)
})

test('a lock ends with its holder, a lost one says so, and without a main process nothing is acknowledged', async () => {
  const lock = await client.tryLock('upload 1')
  expect(lock).not.toBeNull()
  expect(await client.tryLock('upload 1')).toBeNull()
  await lock?.release()
  const again = await client.tryLock('upload 1')
  expect(again).not.toBeNull()

  const { headers } = await main.send('POST', '/v2/test/example/blobs/uploads/')
  services.close()
  await expect(again?.release()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  const refused = await reader.send('PATCH', headers.location ?? '', { body: randomBytes(1000) })
  expect(refused.status).toBe(503)
  // The lock of a reader that is gone is free again.
  expect(await main.ctx.db.tryLock('upload 1')).not.toBeNull()
})

test('an upload to a repository that is gone is refused as the main process refuses it', async () => {
  const upload = { id: 'none', repositoryId: 'crr-none', digest: digestOf(randomBytes(8)), sizeBytes: 8 }
  await expect(client.linkUpload(upload)).rejects.toMatchObject({ code: 'NAME_UNKNOWN' })
})

test('an upload whose repository is gone when its bytes have come is refused, and not passed on without them', async () => {
  const { json } = await main.send('GET', '/v2/token?scope=repository:test/example:pull,push')
  const headers = { authorization: `Bearer ${String(json['token'])}` }
  const { headers: opened } = await main.send('POST', '/v2/test/example/blobs/uploads/', { headers })
  const content = randomBytes(1000)
  const real = performance.now.bind(performance)
  const beforeBody = async () => {
    vi.spyOn(performance, 'now').mockImplementation(() => real() + 2000)
    await main.ctx.db.prisma.repository.updateMany({ data: { isDeleted: true } })
  }
  const answer = await reader.send('PUT', `${opened.location}?digest=${digestOf(content)}`, {
    body: content,
    headers,
    beforeBody,
  })
  vi.restoreAllMocks()
  expect([answer.status, answer.json.errors?.[0]?.code]).toEqual([404, 'NAME_UNKNOWN'])
})

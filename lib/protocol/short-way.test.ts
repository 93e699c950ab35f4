import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Context } from '@/lib/context'
import { PlainPasswords, UnlimitedAttempts } from '@/lib/testing/test-context'
import { type Answer, type Sending, TestRegistry, startTestRegistry } from '@/lib/testing/test-registry'
import {
  TestWorld,
  besideHost,
  byPassword,
  grantId,
  ids,
  image,
  passwords,
  referrerDigest,
  userId,
} from '@/lib/testing/test-world'
import { createRegistryHandler } from './handler'
import { matchRoute } from './routes'
import { createShortWay } from './short-way'

/*
 * Whenever the short way answers, its answer is the one of the long way: in a world of instances, repositories and callers, before and
 * after each change of it that can change the answer. And it answers the usual requests, so that it is not right by never answering.
 */

/** What a server answers that has only the short way, when that leaves a request to the long way. */
const left = 599

let registry: TestRegistry
let world: TestWorld
let longWay: TestRegistry
let shortWay: TestRegistry
const closers: (() => Promise<unknown>)[] = []
/** `Authorization` of the callers, by what they are. */
const callers: Record<string, string | null> = {}

beforeAll(async () => {
  const started = await startTestRegistry({}, { attempts: new UnlimitedAttempts(), passwords: new PlainPasswords() })
  registry = started.registry
  const { ctx } = registry
  world = new TestWorld(ctx)
  await world.build()
  longWay = await serve(ctx, createServer(createRegistryHandler({ ...ctx, pulls: findsNothing })))
  shortWay = await serve(ctx, createServerOfShortWay(ctx))
  closers.push(started.close)
  await ctx.db.prisma.instance.update({ where: { id: ids.main }, data: { allowAnonymousPull: true } })
  const everything = ['team/closed', 'team/open', 'other/secret', 'team/new'].map((path) => `repository:${path}:pull`)
  callers['nobody'] = null
  callers['an anonymous token'] = await tokenFor(null, everything)
  for (const name of ['admin', 'none', 'pull-repository', 'push-namespace', 'manage-instance']) {
    callers[`a token of ${name}`] = await tokenFor(byPassword(name, passwords.registry), everything)
  }
  callers['a token of a robot'] = await tokenFor(byPassword('robot+pull-namespace', passwords.robot), everything)
  callers['a token for another repository'] = await tokenFor(byPassword('admin', passwords.registry), [
    'repository:team/open:pull',
  ])
  callers['a token for nothing'] = await tokenFor(byPassword('admin', passwords.registry), [])
  callers['a token of the other instance'] = await tokenFor(
    byPassword('owner', passwords.registry),
    ['repository:team/closed:pull', 'repository:team/open:pull'],
    besideHost,
  )
  callers['no token'] = 'Bearer something'
  callers['Basic'] = byPassword('admin', passwords.registry)
}, 60_000)
afterAll(async () => {
  for (const close of closers) await close()
})
beforeEach(async () => {
  await world.reset()
  await registry.ctx.db.prisma.instance.update({ where: { id: ids.main }, data: { allowAnonymousPull: true } })
})

const findsNothing: Context['pulls'] = { findManifest: () => null, findBlob: () => null }

function createServerOfShortWay(ctx: Context): Server {
  const goShortWay = createShortWay(ctx)
  return createServer((request, response) => {
    const exchange = { route: null }
    const isDone = goShortWay(request, response, exchange, ['Docker-Distribution-API-Version', 'registry/2.0'])
    void Promise.resolve(isDone).then((done) => {
      if (!done) response.writeHead(left).end()
      else expect(exchange.route).toBe(matchRoute(request.url ?? '')?.template)
    })
  })
}

async function serve(ctx: Context, server: Server): Promise<TestRegistry> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return new TestRegistry(ctx, (server.address() as AddressInfo).port, server)
}

async function tokenFor(authorization: string | null, scopes: readonly string[], host = 'localhost'): Promise<string> {
  const query = new URLSearchParams(scopes.map((scope) => ['scope', scope]))
  const headers = { host, ...(authorization !== null && { authorization }) }
  const { status, json } = await registry.send('GET', `/v2/token?${query}`, { anonymous: true, headers })
  if (status !== 200) throw new Error(`no token: ${status}`)
  return `Bearer ${String(json['token'])}`
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
}

const unknownDigest = `sha256:${'0'.repeat(64)}`
const hosts = ['localhost', 'main-registry.cn-hangzhou.localhost', besideHost, 'no-registry.cn-hangzhou.localhost']
const names = [
  ...['team/closed', 'team/open', 'other/secret', 'team/new', 'team/unknown', 'open'],
  ...['i/main.cn-hangzhou/team/open', 'i/beside.cn-hangzhou/team/closed', 'i/no.cn-hangzhou/team/open', 'i/team/open'],
]
const targets = [
  ...['v1', image.digest, referrerDigest, 'v2', unknownDigest].map((reference) => `manifests/${reference}`),
  ...[image.layerDigest, image.configDigest, unknownDigest].map((digest) => `blobs/${digest}`),
]

/** All combinations, in an order that is the same in each run, so that a part of them has some of each. */
function everyRequest(): Asked[] {
  const all = hosts.flatMap((host) =>
    names.flatMap((name) =>
      targets.flatMap((target) =>
        ['GET', 'HEAD'].flatMap((method) =>
          Object.values(callers).map((authorization) => ({
            method,
            path: `/v2/${name}/${target}`,
            headers: { host, ...(authorization !== null && { authorization }) },
          })),
        ),
      ),
    ),
  )
  let seed = 14
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
  return all
    .map((asked) => ({ asked, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ asked }) => asked)
}

/** Asks both ways; returns whether the short one answered, after a comparison. */
async function compare({ method, path, headers }: Asked): Promise<boolean> {
  const sending: Sending = { anonymous: true, headers }
  let long = await longWay.send(method, path, sending)
  let short = await shortWay.send(method, path, sending)
  if (short.status === left && long.status === 200) {
    // It may have been the moment to look for new keys, which the long way does once a second.
    long = await longWay.send(method, path, sending)
    short = await shortWay.send(method, path, sending)
  }
  if (short.status === left) return false
  expect({ method, path, headers, answer: shown(short) }).toEqual({ method, path, headers, answer: shown(long) })
  return true
}

function shown({ status, headers, body }: Answer) {
  const { date: _date, 'x-request-id': _id, ...rest } = headers
  return { status, headers: rest, names: Object.keys(rest), body: body.toString('base64') }
}

async function countAnswered(asked: readonly Asked[]): Promise<number> {
  let count = 0
  for (let at = 0; at < asked.length; at += 20) {
    const done = await Promise.all(asked.slice(at, at + 20).map(compare))
    count += done.filter(Boolean).length
  }
  return count
}

test(
  'of all combinations, the short way answers those that are allowed, as the long way does',
  { timeout: 120_000 },
  async () => {
    const asked = everyRequest().slice(0, 1500)
    // All that the long way answers with 200, but what the short way never tries.
    let allowed = 0
    for (const one of asked) {
      const { status } = await longWay.send(one.method, one.path, { anonymous: true, headers: one.headers })
      const isBlobGet = one.method === 'GET' && one.path.includes('/blobs/')
      const isBasic = one.headers['authorization']?.startsWith('Basic') === true
      if (status === 200 && !isBlobGet && !isBasic) allowed++
    }
    expect(allowed).toBeGreaterThan(50)
    expect(await countAnswered(asked)).toBe(allowed)
  },
)

/** What may happen to the world between two requests. */
const changes: Readonly<Record<string, (db: Context['db']) => Promise<unknown>>> = {
  'anonymous pulls are forbidden': ({ prisma }) =>
    prisma.instance.update({ where: { id: ids.main }, data: { allowAnonymousPull: false } }),
  'a grant is revoked': ({ prisma }) => prisma.grant.delete({ where: { id: grantId('pull-repository') } }),
  'a grant is made': ({ prisma }) =>
    prisma.grant.create({
      data: {
        ...{ id: 'grt-new', subjectId: userId('none'), userId: userId('none'), permission: 'PULL', createdBy: 'admin' },
        ...{ instanceId: ids.main, namespaceId: ids.team, repositoryId: ids.closed, scopeId: ids.closed },
      },
    }),
  'a user is disabled': ({ prisma }) =>
    prisma.user.update({ where: { id: userId('pull-repository') }, data: { isDisabled: true } }),
  'a user is deleted': ({ prisma }) => prisma.user.delete({ where: { id: userId('pull-repository') } }),
  'a PUBLIC repository becomes PRIVATE': ({ prisma }) =>
    prisma.repository.update({ where: { id: ids.open }, data: { type: 'PRIVATE' } }),
  'a PRIVATE repository becomes PUBLIC': ({ prisma }) =>
    prisma.repository.update({ where: { id: ids.closed }, data: { type: 'PUBLIC' } }),
  'a repository is being deleted': ({ prisma }) =>
    prisma.repository.update({ where: { id: ids.open }, data: { isDeleted: true } }),
  'a repository is deleted': ({ prisma }) => prisma.repository.delete({ where: { id: ids.open } }),
  'another repository gets the path of one': async ({ prisma }) => {
    await prisma.repository.delete({ where: { id: ids.closed } })
    await prisma.repository.update({ where: { id: ids.secret }, data: { path: 'team/closed', name: 'closed' } })
  },
  'a repository moves to another namespace': ({ prisma }) =>
    prisma.repository.update({ where: { id: ids.closed }, data: { namespaceId: ids.other } }),
  'a tag moves': ({ prisma }) =>
    prisma.tag.updateMany({ where: { repositoryId: ids.open, name: 'v1' }, data: { digest: referrerDigest } }),
  'a tag is deleted': ({ prisma }) => prisma.tag.deleteMany({ where: { repositoryId: ids.open, name: 'v1' } }),
  'a tag is made': ({ prisma }) =>
    prisma.tag.create({
      data: {
        ...{ repositoryId: ids.open, name: 'v2', digest: referrerDigest, updatedBy: 'admin' },
        ...{ createdAt: new Date(), updatedAt: new Date() },
      },
    }),
  'a manifest is deleted': async ({ prisma }) => {
    await prisma.tag.deleteMany({ where: { digest: image.digest } })
    await prisma.manifest.deleteMany({ where: { digest: image.digest } })
  },
  'the bytes of a manifest change': ({ prisma }) =>
    prisma.manifest.updateMany({ where: { digest: image.digest }, data: { content: Buffer.from('{}') } }),
  'the media type of a manifest changes': ({ prisma }) =>
    prisma.manifest.updateMany({ where: { digest: image.digest }, data: { mediaType: 'application/json' } }),
  'a manifest was last seen long ago': ({ prisma }) => prisma.manifest.updateMany({ data: { seenAt: new Date(0) } }),
  'a blob is found corrupt': ({ prisma }) =>
    prisma.blob.updateMany({ where: { digest: image.layerDigest }, data: { corruptAt: new Date() } }),
  'the recorded size of a blob changes': ({ prisma }) =>
    prisma.blob.updateMany({ where: { digest: image.layerDigest }, data: { sizeBytes: 1 } }),
  'a blob is unlinked': ({ prisma }) =>
    prisma.repositoryBlob.deleteMany({ where: { repositoryId: ids.open, digest: image.layerDigest } }),
  'a blob was last seen long ago': ({ prisma }) => prisma.repositoryBlob.updateMany({ data: { seenAt: new Date(0) } }),
  'an instance gets another name': ({ prisma }) =>
    prisma.instance.update({ where: { id: ids.besideInstance }, data: { name: 'renamed' } }),
  'another instance becomes the default one': async ({ prisma }) => {
    await prisma.instance.update({ where: { id: ids.main }, data: { isDefault: false } })
    await prisma.instance.update({ where: { id: ids.besideInstance }, data: { isDefault: true } })
  },
}

describe('after a change, what was answered before is forgotten', () => {
  for (const [name, change] of Object.entries(changes)) {
    test(name, { timeout: 60_000 }, async () => {
      const asked = everyRequest().filter(
        ({ path, headers }) =>
          /closed|open\/|secret/.test(path) &&
          !/^\/v2\/i\/(?:no|team|beside)/.test(path) &&
          headers['host'] !== 'no-registry.cn-hangzhou.localhost' &&
          headers['authorization']?.startsWith('Basic') !== true,
      )
      // The same before, so that all of it is remembered where it can be.
      const some = asked.slice(0, 200)
      expect(await countAnswered(some)).toBeGreaterThan(20)
      await change(registry.ctx.db)
      await countAnswered(some)
    })
  }
})

test.each([
  ['a query', 'GET', '/v2/team/open/manifests/v1?ns=docker.io', {}],
  ['an encoded digest', 'GET', `/v2/team/open/manifests/${image.digest.replace(':', '%3A')}`, {}],
  ['two slashes', 'GET', '//v2/team/open/manifests/v1', {}],
  ['an entity tag', 'GET', '/v2/team/open/manifests/v1', { 'if-none-match': `"${image.digest}"` }],
  ['another entity tag', 'GET', '/v2/team/open/manifests/v1', { 'if-match': '"other"' }],
  ['Basic', 'GET', '/v2/team/open/manifests/v1', { authorization: byPassword('admin', passwords.registry) }],
  ['the whole of a blob', 'GET', `/v2/team/open/blobs/${image.configDigest}`, {}],
  ['a deletion', 'DELETE', '/v2/team/open/manifests/v1', {}],
  ['a host that is none', 'GET', '/v2/team/open/manifests/v1', { host: 'a b' }],
])('the long way answers %s', async (_, method, path, headers: Record<string, string>) => {
  expect((await shortWay.send(method, path, { anonymous: true, headers })).status).toBe(left)
})

test.each([
  ['a host in capitals', 'GET', '/v2/team/open/manifests/v1', { host: 'MAIN-registry.cn-hangzhou.localhost.' }],
  ['a range of a blob’s head', 'HEAD', `/v2/team/open/blobs/${image.configDigest}`, { range: 'bytes=0-1' }],
  ['what a client accepts', 'GET', '/v2/team/open/manifests/v1', { accept: 'text/html' }],
])('the short way answers %s', async (_, method, path, headers: Record<string, string>) => {
  expect(await compare({ method, path, headers })).toBe(true)
})

test('a HEAD that must be recorded takes the long way, and the next one the short way', async () => {
  const { db } = registry.ctx
  await db.prisma.manifest.updateMany({ data: { seenAt: new Date(0) } })
  await db.prisma.repositoryBlob.updateMany({ data: { seenAt: new Date(0) } })
  for (const target of [`manifests/${image.digest}`, `blobs/${image.layerDigest}`]) {
    const path = `/v2/team/open/${target}`
    expect((await shortWay.send('HEAD', path, { anonymous: true })).status).toBe(left)
    expect((await registry.send('HEAD', path, { anonymous: true })).status).toBe(200)
    expect((await shortWay.send('HEAD', path, { anonymous: true })).status).toBe(200)
  }
  // A tag keeps its manifest: nothing is recorded.
  await db.prisma.manifest.updateMany({ data: { seenAt: new Date(0) } })
  expect((await shortWay.send('HEAD', '/v2/team/open/manifests/v1', { anonymous: true })).status).toBe(200)
})

test('a token of another instance does not count, even for what everybody may pull', async () => {
  const headers = { host: 'localhost', authorization: callers['a token of the other instance'] ?? '' }
  const asked = { method: 'GET', path: '/v2/team/open/manifests/v1', headers }
  expect(
    (await registry.send('GET', asked.path, { anonymous: true, headers: { ...headers, host: besideHost } })).status,
  ).toBe(404)
  expect(await compare(asked)).toBe(false)
  expect((await registry.send('GET', asked.path, { anonymous: true, headers })).status).toBe(401)
})

// The last one: nothing brings them back.
test('a blob whose bytes are gone takes the long way', async () => {
  const asked = { method: 'HEAD', path: `/v2/team/open/blobs/${image.layerDigest}`, headers: { host: 'localhost' } }
  expect(await compare(asked)).toBe(true)
  await registry.ctx.blobs.quarantine(image.layerDigest)
  expect(await compare(asked)).toBe(false)
})

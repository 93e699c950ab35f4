import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { FolderKeys } from '@/lib/secrets/folder-keys'
import { rotateSigningKeys } from '@/lib/secrets/signing-keys'
import {
  type Answer,
  type TestRegistry,
  authorization,
  basic,
  defaultInstanceId,
  startTestRegistry,
  codeOf,
} from '@/lib/testing/test-registry'

let registry: TestRegistry
let close: () => Promise<void>
let memberId: string
let robotId: string

const member = basic('member', 'member-password-1')
const robot = basic('robot+builder', 'robot-secret')

beforeAll(async () => {
  ;({ registry, close } = await startTestRegistry())
  const { db } = registry.ctx
  const instanceId = await defaultInstanceId(registry.ctx)
  const { id: namespaceId } = await db.prisma.namespace.findFirstOrThrow()
  for (const [name, type] of [
    ['secret', 'PRIVATE'],
    ['open', 'PUBLIC'],
    ['target', 'PRIVATE'],
  ] as const) {
    const texts = { summary: '', description: '', updatedBy: 'admin' }
    const data = { id: `crr-${name}`, instanceId, namespaceId, name, path: `test/${name}`, type, ...texts }
    await db.prisma.repository.create({ data })
  }
  memberId = await registry.addUser('member', 'member-password-1')
  robotId = await registry.addRobot('builder', 'robot-secret')
  await registry.grant({ userId: memberId }, 'PUSH')
  await registry.grant({ userId: memberId }, 'PUSH', 'test/target')
  await registry.grant({ robotId }, 'PUSH', 'test/target')
  for (const name of ['test/example', 'test/open', 'test/secret']) {
    await registry.pushManifest('v1', (await registry.image(`content of ${name}`, name)).bytes, {}, name)
  }
})
afterAll(() => close())

const challengeOf = (answer: Answer) => answer.headers['www-authenticate']

/** The headers of who was given a token for the scopes. */
async function bearer(credentials: string | null, ...scopes: string[]) {
  const query = scopes.map((scope) => `scope=${scope}`).join('&')
  const headers = credentials === null ? {} : { authorization: credentials }
  const answer = await registry.send('GET', `/v2/token?${query}`, { anonymous: true, headers })
  expect(answer.status).toBe(200)
  return { authorization: `Bearer ${String(answer.json['token'])}` }
}

async function allowAnonymousPull(allowAnonymousPull: boolean) {
  await registry.ctx.db.prisma.instance.updateMany({ data: { allowAnonymousPull } })
}

describe('the challenge', () => {
  const realm = () => `realm="http://localhost:${registry.port}/v2/token",service="localhost:${registry.port}"`

  test.each([
    ['GET', '/v2/', ''],
    ['GET', '/v2/test/example/manifests/v1', ',scope="repository:test/example:pull"'],
    ['HEAD', '/v2/test/none/blobs/sha256:00', ',scope="repository:test/none:pull"'],
    ['PUT', '/v2/test/example/manifests/v1', ',scope="repository:test/example:pull,push"'],
    ['DELETE', '/v2/test/example/manifests/v1', ',scope="repository:test/example:pull,push"'],
    ['GET', '/v2/_catalog', ',scope="registry:catalog:*"'],
    ['GET', '/v2/test/Not%22A,Name/tags/list', ''],
    ['GET', '/v2/nothing', ''],
    ['PATCH', '/v2/test/example/manifests/v1', ''],
  ])('%s %s: says where to get a token, and for what', async (method, path, scope) => {
    const answer = await registry.send(method, path, { anonymous: true })
    expect(answer.status).toBe(401)
    expect(challengeOf(answer)).toBe(`Bearer ${realm()}${scope}`)
  })

  test.each([
    [
      'Registry.Example.com:8443',
      'realm="http://registry.example.com:8443/v2/token",service="registry.example.com:8443"',
    ],
    ['[::1]:5000', 'realm="http://[::1]:5000/v2/token",service="[::1]:5000"'],
    [
      'other-registry.cn-shanghai.localhost',
      'realm="http://other-registry.cn-shanghai.localhost/v2/token",service="other-registry.cn-shanghai.localhost"',
    ],
  ])('to the host %s', async (host, expected) => {
    const answer = await registry.send('GET', '/v2/', { anonymous: true, headers: { host } })
    expect(challengeOf(answer)).toBe(`Bearer ${expected}`)
  })

  test.each(['a"b', 'a,b', 'a b', 'a/b', 'a\\b', 'a@b', 'a:b:c', 'ü', '[', 'a:123456', 'x'.repeat(300)])(
    'is none to the host %o, which is no host',
    async (host) => {
      const answer = await registry.send('GET', '/v2/', { anonymous: true, headers: { host } })
      expect(answer.status).toBe(400)
      expect(challengeOf(answer)).toBeUndefined()
    },
  )

  test('names the public address, and the host as it came, behind a proxy', async () => {
    const behind = await startTestRegistry({ STELE_PUBLIC_URL: 'https://registry.example.com' })
    const headers = { host: 'team-registry.cn-shanghai.localhost' }
    const answer = await behind.registry.send('GET', '/v2/', { anonymous: true, headers })
    expect(challengeOf(answer)).toBe(
      'Bearer realm="https://registry.example.com/v2/token",service="team-registry.cn-shanghai.localhost"',
    )
    await behind.close()
  })
})

describe('a token', () => {
  test('allows what it was made for and no more', async () => {
    const headers = await bearer(authorization, 'repository:test/example:pull')
    expect((await registry.send('GET', '/v2/', { headers })).status).toBe(200)
    expect((await registry.send('GET', '/v2/test/example/manifests/v1', { headers })).status).toBe(200)
    for (const [method, path, scope] of [
      ['PUT', '/v2/test/example/manifests/v2', 'repository:test/example:pull,push'],
      ['POST', '/v2/test/example/blobs/uploads/', 'repository:test/example:pull,push'],
      ['GET', '/v2/test/secret/manifests/v1', 'repository:test/secret:pull'],
      ['GET', '/v2/test/none/manifests/v1', 'repository:test/none:pull'],
      ['GET', '/v2/_catalog', 'registry:catalog:*'],
    ] as const) {
      const answer = await registry.send(method, path, { headers })
      expect(codeOf(answer), path).toEqual([401, 'DENIED'])
      expect(challengeOf(answer)).toContain(`,scope="${scope}",error="insufficient_scope"`)
    }
  })

  test('without push does not push, without pull does not pull', async () => {
    const push = await bearer(authorization, 'repository:test/example:push')
    expect((await registry.send('GET', '/v2/test/example/tags/list', { headers: push })).status).toBe(401)
    expect((await registry.send('POST', '/v2/test/example/blobs/uploads/', { headers: push })).status).toBe(202)
  })

  test.each(['x', 'a.b.c', '', 'a b'])('%o is none, and the answer says so', async (token) => {
    const answer = await registry.send('GET', '/v2/', { headers: { authorization: `Bearer ${token}` } })
    expect(codeOf(answer)).toEqual([401, 'UNAUTHORIZED'])
    if (/^[ax.bc]+$/.test(token)) expect(challengeOf(answer)).toContain('error="invalid_token"')
  })

  test('carries no policy: a repository that becomes immutable refuses, one that is gone is unknown', async () => {
    const headers = await bearer(authorization, 'repository:test/example:pull,push')
    const image = await registry.image('another')
    await registry.setImmutable(true)
    expect((await registry.pushManifest('v1', image.bytes, { headers })).status).toBe(409)
    await registry.setImmutable(false)
    expect((await registry.pushManifest('v1', image.bytes, { headers })).status).toBe(201)
    const gone = await bearer(authorization, 'repository:test/none:pull')
    expect(codeOf(await registry.send('GET', '/v2/test/none/tags/list', { headers: gone }))).toEqual([
      404,
      'NAME_UNKNOWN',
    ])
  })

  test('of before a rotation of keys goes on, and so do new ones', async () => {
    const before = await bearer(member, 'repository:test/example:pull')
    await rotateSigningKeys(new FolderKeys(registry.ctx.config.dataDir))
    const after = await bearer(member, 'repository:test/example:pull')
    for (const headers of [before, after]) {
      expect((await registry.send('GET', '/v2/test/example/tags/list', { headers })).status).toBe(200)
    }
  })

  test('that has expired is refused with a word for it', async () => {
    const headers = await bearer(member, 'repository:test/example:pull')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 361_000 })
    const answer = await registry.send('GET', '/v2/test/example/tags/list', { headers })
    vi.useRealTimers()
    expect(answer.status).toBe(401)
    expect(answer.json.errors?.[0]?.message).toBe('the token has expired')
    expect(challengeOf(answer)).toContain('error="invalid_token"')
  })
})

describe('a token belongs to what its path led to when it was issued', () => {
  const other = basic('other', 'other-password-1')
  const scope = (path: string) => `repository:${path}:pull,push`
  const pull = async (headers: Record<string, string>, path: string) =>
    codeOf(await registry.send('GET', `/v2/${path}/manifests/v1`, { headers }))

  /** As a deletion, or a new repository or namespace of the same name, would leave it. */
  async function make(namespace: string, id: string, texts: { path: string } | null) {
    const { db } = registry.ctx
    const instanceId = await defaultInstanceId(registry.ctx)
    const defaults = { defaultRepositoryType: 'PRIVATE' } as const
    const data = { id: `crn-${id}`, instanceId, name: namespace, autoCreateRepository: true, ...defaults }
    const { id: namespaceId } =
      (await db.prisma.namespace.findFirst({ where: { name: namespace } })) ??
      (await db.prisma.namespace.create({ data }))
    if (texts === null) return namespaceId
    const [, name = ''] = texts.path.split('/')
    const scopeIds = { instanceId, namespaceId, name, path: texts.path }
    const settings = { type: 'PRIVATE', summary: '', description: '', updatedBy: 'x' } as const
    await db.prisma.repository.create({ data: { id: `crr-${id}`, ...scopeIds, ...settings } })
    await registry.pushManifest('v1', (await registry.image(`content of ${id}`, texts.path)).bytes, {}, texts.path)
    return namespaceId
  }

  const remove = (path: string) => registry.ctx.db.prisma.repository.deleteMany({ where: { path } })

  const initial = ['test/example', 'test/open', 'test/secret', 'test/target']
  beforeAll(() => registry.addUser('other', 'other-password-1'))
  afterAll(async () => {
    const { repository, namespace } = registry.ctx.db.prisma
    await repository.deleteMany({ where: { path: { notIn: initial } } })
    await namespace.deleteMany({ where: { name: { in: ['early', 'fleeting'] } } })
  })

  test('a new repository of the same path is not opened by it, and nobody learns that there is one', async () => {
    const path = 'test/again'
    await make('test', 'former', { path })
    const { id: userId } = await registry.ctx.db.prisma.user.findUniqueOrThrow({ where: { name: 'other' } })
    await registry.grant({ userId }, 'PUSH', path)
    const headers = await bearer(other, scope(path))
    const administrators = await bearer(authorization, scope(path))
    expect(await pull(headers, path)).toEqual([200, undefined])

    await remove(path)
    const absent = await registry.send('GET', `/v2/${path}/manifests/v1`, { headers })
    await make('test', 'next', { path })
    const hidden = await registry.send('GET', `/v2/${path}/manifests/v1`, { headers })
    expect(codeOf(hidden)).toEqual([401, 'DENIED'])
    expect([codeOf(absent), absent.body, challengeOf(absent)]).toEqual([
      ...[codeOf(hidden), hidden.body, challengeOf(hidden)],
    ])
    expect((await registry.send('POST', `/v2/${path}/blobs/uploads/`, { headers })).status).toBe(404)
    // Who may pull from the new one: with a new token, or at once by a grant.
    expect(await pull(administrators, path)).toEqual([401, 'DENIED'])
    expect(await pull(await bearer(authorization, scope(path)), path)).toEqual([200, undefined])
    await registry.grant({ userId }, 'PULL', path)
    expect(await pull(headers, path)).toEqual([200, undefined])
    await remove(path)
  })

  test.each([
    ['an administrator', () => authorization],
    ['a member who may push to the namespace', () => other],
  ])('the token that %s pushes a new repository with also pulls from it', async (who, credentials) => {
    const path = `early/${who.replaceAll(' ', '-')}`
    const namespaceId = await make('early', 'early', null)
    const { id: subjectId } = await registry.ctx.db.prisma.user.findUniqueOrThrow({ where: { name: 'other' } })
    const instanceId = await defaultInstanceId(registry.ctx)
    const scopes = { instanceId, namespaceId, scopeId: namespaceId }
    const grant = { id: `grt-${path}`, subjectId, userId: subjectId, permission: 'PUSH', createdBy: 'x' } as const
    await registry.ctx.db.prisma.grant.create({ data: { ...grant, ...scopes } })
    const headers = await bearer(credentials(), scope(path))
    expect(await pull(headers, path)).toEqual([404, 'NAME_UNKNOWN'])
    expect((await registry.send('POST', `/v2/${path}/blobs/uploads/`, { headers })).status).toBe(202)
    await registry.pushManifest('v1', (await registry.image(path, path)).bytes, {}, path)
    await registry.ctx.db.prisma.grant.deleteMany({ where: { id: grant.id } })
    expect(await pull(headers, path)).toEqual([200, undefined])
  })

  test('a new namespace of the same name is not opened by it either', async () => {
    const path = 'fleeting/example'
    const namespaceId = await make('fleeting', 'fleeting-one', null)
    const { id: subjectId } = await registry.ctx.db.prisma.user.findUniqueOrThrow({ where: { name: 'other' } })
    const instanceId = await defaultInstanceId(registry.ctx)
    await registry.ctx.db.prisma.grant.create({
      data: {
        ...{ id: 'grt-fleeting', subjectId, userId: subjectId, instanceId, namespaceId, scopeId: namespaceId },
        ...{ permission: 'PULL', createdBy: 'x' },
      },
    })
    const headers = await bearer(other, scope(path))
    expect(await pull(headers, path)).toEqual([404, 'NAME_UNKNOWN'])
    await registry.ctx.db.prisma.namespace.delete({ where: { id: namespaceId } })
    await make('fleeting', 'fleeting-two', { path })
    expect(await pull(headers, path)).toEqual([401, 'DENIED'])
  })
})

describe('what ends at once for pushes, and for pulls with the token', () => {
  const push = (headers: Record<string, string>, name = 'test/example') =>
    registry.send('POST', `/v2/${name}/blobs/uploads/`, { headers })
  const pull = (headers: Record<string, string>, name = 'test/example') =>
    registry.send('GET', `/v2/${name}/tags/list`, { headers })
  const both = (name: string) => `repository:${name}:pull,push`

  test('a user who is disabled', async () => {
    const headers = await bearer(member, both('test/example'))
    expect((await push(headers)).status).toBe(202)
    await registry.ctx.db.prisma.user.update({ where: { id: memberId }, data: { isDisabled: true } })
    const answer = await push(headers)
    expect([answer.status, answer.json.errors?.[0]?.message]).toEqual([401, 'the user member is disabled'])
    expect(challengeOf(answer)).toContain('error="invalid_token"')
    expect((await pull(headers)).status).toBe(200)
    await registry.ctx.db.prisma.user.update({ where: { id: memberId }, data: { isDisabled: false } })
    expect((await push(headers)).status).toBe(202)
  })

  test('a grant that is taken away', async () => {
    const id = await registry.addUser('granted', 'granted-password-1')
    await registry.grant({ userId: id }, 'PUSH')
    const headers = await bearer(basic('granted', 'granted-password-1'), both('test/example'))
    expect((await push(headers)).status).toBe(202)
    await registry.ctx.db.prisma.grant.updateMany({ where: { userId: id }, data: { permission: 'PULL' } })
    expect(codeOf(await push(headers))).toEqual([403, 'DENIED'])
    await registry.ctx.db.prisma.grant.deleteMany({ where: { userId: id } })
    expect(codeOf(await push(headers))).toEqual([404, 'NAME_UNKNOWN'])
    expect((await pull(headers)).status).toBe(200)
  })

  test('an administrator who is one no more', async () => {
    const id = await registry.addUser('former', 'former-password-1', { role: 'ADMINISTRATOR' })
    const headers = await bearer(basic('former', 'former-password-1'), both('test/secret'), 'registry:catalog:*')
    expect((await push(headers, 'test/secret')).status).toBe(202)
    expect((await registry.send('GET', '/v2/_catalog', { headers })).json['repositories']).toContain('test/secret')
    await registry.ctx.db.prisma.user.update({ where: { id }, data: { role: 'MEMBER' } })
    expect((await push(headers, 'test/secret')).status).toBe(404)
    expect((await registry.send('GET', '/v2/_catalog', { headers })).json['repositories']).toEqual(['test/open'])
  })

  test('a password that is changed', async () => {
    const id = await registry.addUser('changer', 'changer-password-1')
    await registry.grant({ userId: id }, 'PUSH')
    const headers = await bearer(basic('changer', 'changer-password-1'), both('test/example'))
    expect((await push(headers)).status).toBe(202)
    const passwordHash = await registry.ctx.passwords.hash('changer-password-2')
    await registry.ctx.db.prisma.registryPassword.updateMany({ where: { userId: id }, data: { passwordHash } })
    expect((await push(headers)).status).toBe(401)
    expect((await pull(headers)).status).toBe(200)
    await registry.ctx.db.prisma.registryPassword.deleteMany({ where: { userId: id } })
    expect((await push(headers)).status).toBe(401)
  })

  test('a robot that is disabled, expires, gets another secret or is deleted', async () => {
    const headers = await bearer(robot, both('test/target'))
    const { robot: robots } = registry.ctx.db.prisma
    const { secretHash } = await robots.findUniqueOrThrow({ where: { id: robotId } })
    for (const [change, back] of [
      [{ isDisabled: true }, { isDisabled: false }],
      [{ expiresAt: new Date() }, { expiresAt: null }],
      [{ secretHash: await registry.ctx.passwords.hash('another') }, { secretHash }],
    ]) {
      expect((await push(headers, 'test/target')).status).toBe(202)
      await robots.update({ where: { id: robotId }, data: change ?? {} })
      expect((await push(headers, 'test/target')).status).toBe(401)
      expect((await pull(headers, 'test/target')).status).toBe(200)
      await robots.update({ where: { id: robotId }, data: back ?? {} })
    }
    expect((await push(headers, 'test/target')).status).toBe(202)
  })

  test('a temporary token that is revoked', async () => {
    const id = await registry.addTemporaryToken(memberId, 'temporary')
    const headers = await bearer(basic('cr_temp_user', 'temporary'), both('test/example'))
    expect((await push(headers)).status).toBe(202)
    await registry.ctx.db.prisma.temporaryToken.update({ where: { id }, data: { revokedAt: new Date() } })
    const answer = await push(headers)
    expect([answer.status, answer.json.errors?.[0]?.message]).toEqual([401, 'the temporary token was revoked'])
  })
})

test('deletion takes a token that pushes, and a grant that manages', async () => {
  const { digest, bytes } = await registry.image('to delete', 'test/target')
  await registry.pushManifest('gone', bytes, {}, 'test/target')
  const remove = (headers: Record<string, string>) =>
    registry.send('DELETE', `/v2/test/target/manifests/${digest}`, { headers })
  expect((await remove(await bearer(authorization, 'repository:test/target:pull'))).status).toBe(401)
  expect((await remove(await bearer(member, 'repository:test/target:*'))).status).toBe(403)
  expect((await remove(await bearer(authorization, 'repository:test/target:delete'))).status).toBe(202)
})

describe('the anonymous', () => {
  test('get nothing while the instance does not let them: challenges, and no token', async () => {
    await allowAnonymousPull(false)
    for (const name of ['test/open', 'test/secret', 'test/none', 'test/Not']) {
      const answer = await registry.send('GET', `/v2/${name}/manifests/v1`, { anonymous: true })
      expect(codeOf(answer), name).toEqual([401, 'UNAUTHORIZED'])
    }
    const token = await registry.send('GET', '/v2/token?scope=repository:test/open:pull', { anonymous: true })
    expect(codeOf(token)).toEqual([401, 'UNAUTHORIZED'])
  })

  test('pull what is PUBLIC when it does, without a token and by the flow; of the rest they learn nothing', async () => {
    await allowAnonymousPull(true)
    const path = (name: string) => `/v2/${name}/manifests/v1`
    expect((await registry.send('GET', path('test/open'), { anonymous: true })).status).toBe(200)
    const headers = await bearer(
      null,
      'repository:test/open:pull,push',
      'repository:test/secret:pull',
      'registry:catalog:*',
    )
    expect((await registry.send('GET', path('test/open'), { headers })).status).toBe(200)
    expect((await registry.send('GET', '/v2/', { headers })).status).toBe(200)
    expect((await registry.send('GET', '/v2/', { anonymous: true })).status).toBe(401)
    expect((await registry.send('GET', '/v2/_catalog', { headers })).status).toBe(401)
    expect((await registry.send('GET', '/v2/_catalog', { anonymous: true })).status).toBe(401)
    for (const name of ['test/secret', 'test/none', 'test/Not']) {
      expect((await registry.send('GET', path(name), { anonymous: true })).status, name).toBe(401)
    }
    const [hidden, absent] = [
      await registry.send('GET', path('test/secret'), { headers }),
      await registry.send('GET', path('test/none'), { headers }),
    ]
    expect(codeOf(hidden)).toEqual([401, 'DENIED'])
    expect(hidden.body.toString()).toBe(absent.body.toString().replace('none', 'secret'))
    for (const method of ['PUT', 'DELETE']) {
      expect((await registry.send(method, path('test/open'), { anonymous: true })).status).toBe(401)
      expect((await registry.send(method, path('test/open'), { headers })).status).toBe(401)
    }
  })

  test('referrers are answered as everything else', async () => {
    const digest = `sha256:${'0'.repeat(64)}`
    const of = (name: string) => registry.send('GET', `/v2/${name}/referrers/${digest}`, { anonymous: true })
    expect((await of('test/open')).status).toBe(200)
    expect((await of('test/secret')).status).toBe(401)
    expect((await of('test/none')).status).toBe(401)
    await allowAnonymousPull(false)
  })
})

describe('a mount', () => {
  const mount = async (headers: Record<string, string>, query: string) =>
    (await registry.send('POST', `/v2/test/target/blobs/uploads/?${query}`, { headers })).status
  let blobs = 0
  const layerOf = async (name: string) => (await registry.image(`blob ${++blobs}`, name)).layer
  const unlink = (digest: string) =>
    registry.ctx.db.prisma.repositoryBlob.deleteMany({ where: { digest, repositoryId: 'crr-target' } })

  test.each([
    ['test/example', 201],
    ['test/open', 201],
    ['test/secret', 202],
    ['test/none', 202],
    ['Not/A-name', 202],
  ])('from %s by a member who may pull two of the others: %i', async (from, status) => {
    const digest = await layerOf(from === 'test/none' || from.startsWith('Not') ? 'test/secret' : from)
    expect(await mount({ authorization: member }, `mount=${digest}&from=${from}`)).toBe(status)
    await unlink(digest)
    const token = await bearer(member, 'repository:test/target:pull,push', `repository:${from}:pull`)
    expect(await mount(token, `mount=${digest}&from=${from}`)).toBe(status)
  })

  test('is decided by what the holder of the token may pull now, not by the scopes of the token', async () => {
    const token = await bearer(member, 'repository:test/target:pull,push')
    const [granted, open, hidden] = [
      await layerOf('test/example'),
      await layerOf('test/open'),
      await layerOf('test/secret'),
    ]
    expect(await mount(token, `mount=${granted}&from=test/example`)).toBe(201)
    expect(await mount(token, `mount=${open}&from=test/open`)).toBe(201)
    expect(await mount(token, `mount=${hidden}&from=test/secret`)).toBe(202)
    await unlink(granted)
    expect(await mount(token, `mount=${granted}`)).toBe(201)
    expect(await mount(token, `mount=${hidden}`)).toBe(202)
    const ofRobot = await bearer(robot, 'repository:test/target:pull,push')
    await unlink(granted)
    expect(await mount(ofRobot, `mount=${granted}`)).toBe(202)
    expect(await mount(ofRobot, `mount=${granted}&from=test/example`)).toBe(202)
  })

  test('without a source asks the repositories that the caller may pull from, and no others', async () => {
    const [seen, hidden] = [await layerOf('test/example'), await layerOf('test/secret')]
    expect(await mount({ authorization: member }, `mount=${hidden}`)).toBe(202)
    expect(await mount({ authorization: robot }, `mount=${seen}`)).toBe(202)
    expect(await mount({ authorization: member }, `mount=${seen}`)).toBe(201)
    expect(await mount({ authorization }, `mount=${hidden}`)).toBe(201)
  })

  test('takes no blob that is corrupt', async () => {
    const digest = await layerOf('test/open')
    await unlink(digest)
    await registry.ctx.db.prisma.blob.update({ where: { digest }, data: { corruptAt: new Date() } })
    expect(await mount({ authorization: member }, `mount=${digest}`)).toBe(202)
    expect(await mount({ authorization: member }, `mount=${digest}&from=test/open`)).toBe(202)
  })
})

test('the catalog shows what the caller may pull, by Basic and by a token', async () => {
  const list = async (headers: Record<string, string>) =>
    (await registry.send('GET', '/v2/_catalog', { headers })).json['repositories']
  expect(await list({ authorization: member })).toEqual(['test/example', 'test/open', 'test/target'])
  expect(await list(await bearer(member, 'registry:catalog:*'))).toEqual(['test/example', 'test/open', 'test/target'])
  expect(await list({ authorization: robot })).toEqual(['test/open', 'test/target'])
  expect(await list({ authorization })).toEqual(['test/example', 'test/open', 'test/secret', 'test/target'])
})

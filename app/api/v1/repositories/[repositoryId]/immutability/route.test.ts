import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApi, digestOfLetter, openTestApi } from '@/lib/testing/test-api'

let api: TestApi

beforeAll(async () => (api = await openTestApi()))
afterAll(() => api.close())

const one = '/repositories/{repositoryId}'
const policy = `${one}/immutability`

function change(repositoryId: string, body: object) {
  return api.call('PATCH', one, { repositoryId }, { body })
}

async function read(repositoryId: string) {
  return (await api.call('GET', policy, { repositoryId })).json
}

function check(repositoryId: string, body: object) {
  return api.call('POST', `${policy}/check`, { repositoryId }, { body })
}

describe('the policy', () => {
  test('of a new repository is the default of the instance; a change makes it its own', async () => {
    const { repositoryId } = await api.makeRepository()
    expect(await read(repositoryId)).toEqual({
      mode: 'off',
      exemptTags: ['latest'],
      source: 'instance',
      protectedTagCount: 0,
    })
    const changed = await change(repositoryId, { immutability: { mode: 'audit', exemptTags: ['dev-*', 'v?'] } })
    const immutability = { mode: 'audit', exemptTags: ['dev-*', 'v?'], source: 'repository' }
    expect(changed.json).toMatchObject({ tagImmutability: false, immutability })
    expect(await read(repositoryId)).toEqual({ ...immutability, protectedTagCount: 0 })
    const event = await api.ctx.db.prisma.auditEvent.findFirstOrThrow({
      where: { targetId: repositoryId, action: 'UPDATE' },
    })
    expect([event.before, event.after]).toEqual([
      '{"immutabilityMode":"off","exemptTags":["latest"]}',
      '{"immutabilityMode":"audit","exemptTags":["dev-*","v?"]}',
    ])
  })

  test('keeps what a request leaves out: the check box keeps the exempt tags, a part of the policy the other', async () => {
    const { repositoryId } = await api.makeRepository()
    const states = []
    for (const body of [
      { immutability: { exemptTags: ['dev-*'] } },
      { tagImmutability: true },
      { immutability: { exemptTags: [] } },
      { tagImmutability: false },
      { tagImmutability: true, immutability: { mode: 'enforce', exemptTags: ['x'] } },
      { tagImmutability: false, immutability: { mode: 'audit' } },
    ]) {
      expect((await change(repositoryId, body)).status).toBe(200)
      const { mode, exemptTags } = await read(repositoryId)
      states.push([mode, exemptTags])
    }
    expect(states).toEqual([
      ['off', ['dev-*']],
      ['enforce', ['dev-*']],
      ['enforce', []],
      ['off', []],
      ['enforce', ['x']],
      ['audit', ['x']],
    ])
  })

  test.each([
    [{ immutability: { mode: 'on' } }, 'immutability.mode'],
    [{ immutability: { mode: null } }, 'immutability.mode'],
    [{ immutability: { colour: 'red' } }, 'immutability.colour'],
    [{ immutability: { exemptTags: 'latest' } }, 'immutability.exemptTags'],
    [{ immutability: { exemptTags: ['ok', 'a b'] } }, 'immutability.exemptTags.1'],
    [{ immutability: { exemptTags: ['[a]'] } }, 'immutability.exemptTags.0'],
    [{ immutability: { exemptTags: [''] } }, 'immutability.exemptTags.0'],
    [{ immutability: { exemptTags: ['x'.repeat(129)] } }, 'immutability.exemptTags.0'],
    [{ immutability: { exemptTags: ['a', 'a'] } }, 'immutability.exemptTags'],
    [{ immutability: { exemptTags: Array.from({ length: 21 }, (_, n) => `v${n}`) } }, 'immutability.exemptTags'],
    [{ tagImmutability: true, immutability: { mode: 'audit' } }, 'immutability.mode'],
    [{ tagImmutability: false, immutability: { mode: 'enforce' } }, 'immutability.mode'],
  ])('%j is refused beside %s, and nothing changes', async (body, path) => {
    const { instanceId, repositoryId } = await api.makeRepository()
    const before = await read(repositoryId)
    expect((await change(repositoryId, body)).json).toMatchObject({ status: 400, errors: [{ path }] })
    const making = { body: { namespace: 'test', name: 'refused', ...body } }
    const made = await api.call('POST', '/instances/{instanceId}/repositories', { instanceId }, making)
    expect(made.json).toMatchObject({ status: 400, errors: [{ path }] })
    expect(await read(repositoryId)).toEqual(before)
  })

  test('null takes the default of the namespace and the instance again, with its source', async () => {
    const { instanceId, namespaceId, repositoryId } = await api.makeRepository()
    const set = (path: string, params: Record<string, string>, body: object) =>
      api.call('PATCH', path, params, { body })
    await set('/instances/{instanceId}', { instanceId }, { defaultImmutability: { mode: 'audit', exemptTags: ['x'] } })
    await change(repositoryId, { tagImmutability: true })
    expect((await change(repositoryId, { immutability: null })).json).toMatchObject({
      immutability: { mode: 'audit', exemptTags: ['x'], source: 'instance' },
    })
    await set('/namespaces/{namespaceId}', { namespaceId }, { defaultImmutability: { mode: 'off' } })
    expect((await change(repositoryId, { immutability: null })).json).toMatchObject({
      immutability: { mode: 'off', exemptTags: ['x'], source: 'namespace' },
    })
    // The same policy, but its own: null changes only where it comes from, which is recorded too.
    await change(repositoryId, { immutability: { mode: 'audit' } })
    await change(repositoryId, { immutability: { mode: 'off' } })
    expect(await read(repositoryId)).toMatchObject({ mode: 'off', source: 'repository' })
    await change(repositoryId, { immutability: null })
    expect(await read(repositoryId)).toMatchObject({ mode: 'off', exemptTags: ['x'], source: 'namespace' })
    const event = await api.ctx.db.prisma.auditEvent.findFirstOrThrow({
      where: { targetId: repositoryId, action: 'UPDATE' },
      orderBy: { id: 'desc' },
    })
    expect([event.before, event.after]).toEqual([
      '{"immutabilitySource":"repository"}',
      '{"immutabilitySource":"namespace"}',
    ])
    const both = await change(repositoryId, { tagImmutability: true, immutability: null })
    expect(both.json).toMatchObject({ status: 400, errors: [{ path: 'immutability.mode' }] })
    const making = { body: { namespace: 'test', name: 'refused', immutability: null } }
    const made = await api.call('POST', '/instances/{instanceId}/repositories', { instanceId }, making)
    expect(made.json).toMatchObject({ status: 400, errors: [{ path: 'immutability' }] })
  })

  test('counts the protected tags of any number of pages', async () => {
    const { repositoryId } = await api.makeRepository()
    await api.pushTag(repositoryId, 'latest')
    const now = new Date()
    const digest = digestOfLetter('a')
    await api.ctx.db.prisma.tag.createMany({
      data: Array.from({ length: 10_500 }, (_, n) => ({
        ...{ repositoryId, name: `${n % 3 === 0 ? 'dev' : 'v'}-${n}`, digest, createdAt: now, updatedAt: now },
        updatedBy: 'admin',
      })),
    })
    await change(repositoryId, { immutability: { mode: 'enforce', exemptTags: ['dev-*'] } })
    expect(await read(repositoryId)).toMatchObject({ protectedTagCount: 7001 })
    await change(repositoryId, { immutability: { mode: 'audit' } })
    expect(await read(repositoryId)).toMatchObject({ protectedTagCount: 0 })
  })
})

describe('a check', () => {
  const [a, b] = [digestOfLetter('a'), digestOfLetter('b')]
  const refused = {
    code: 'TAG_IMMUTABLE',
    message: 'The requested tag already exists and cannot be overwritten.',
    currentDigest: a,
  }

  test('says what a push gets in each mode, and changes nothing', async () => {
    const { repositoryId } = await api.makeRepository()
    for (const tag of ['v1', 'latest']) await api.pushTag(repositoryId, tag, a)
    const asked = [
      { tag: 'v1' },
      { tag: 'v1', digest: b },
      { tag: 'v1', digest: a },
      { tag: 'v2', digest: b },
      { tag: 'latest', digest: b },
    ]
    const answers = async () => {
      const checks = []
      for (const body of asked) {
        const { status, json } = await check(repositoryId, body)
        expect(status).toBe(200)
        checks.push(json)
      }
      return checks
    }
    const free = { allowed: true, currentDigest: a }
    expect(await answers()).toEqual([free, free, free, { allowed: true }, free])
    await change(repositoryId, { immutability: { mode: 'enforce' } })
    const no = { allowed: false, ...refused }
    expect(await answers()).toEqual([no, no, free, { allowed: true }, free])
    await change(repositoryId, { immutability: { mode: 'audit' } })
    const warned = { allowed: true, ...refused }
    expect(await answers()).toEqual([warned, warned, free, { allowed: true }, free])
    expect(await api.ctx.db.prisma.tagEvent.count({ where: { repositoryId } })).toBe(0)
  })

  test('knows reserved names, and says of an append-only tag what a push gets that keeps all entries', async () => {
    const { repositoryId } = await api.makeRepository()
    const signatures = `sha256-${'0'.repeat(64)}.sig`
    for (const tag of ['v1', signatures]) await api.pushTag(repositoryId, tag, a)
    await change(repositoryId, { tagImmutability: true })
    const deleted = await api.call(
      'DELETE',
      `${one}/tags/{tag}`,
      { repositoryId, tag: 'v1' },
      { query: '?reason=because' },
    )
    expect(deleted.status).toBe(200)
    expect((await check(repositoryId, { tag: 'v1' })).json).toMatchObject({
      allowed: false,
      code: 'TAG_RESERVED',
      currentDigest: a,
    })
    expect((await check(repositoryId, { tag: 'v1', digest: a })).json).toEqual({ allowed: true })
    expect((await check(repositoryId, { tag: signatures })).json).toEqual({ allowed: true, currentDigest: a })
  })

  test.each([
    [{}, 'tag'],
    [{ tag: '-v1' }, 'tag'],
    [{ tag: 'v1', digest: 'sha256:1' }, 'digest'],
  ])('%j is refused', async (body, path) => {
    const { repositoryId } = await api.makeRepository()
    expect((await check(repositoryId, body)).json).toMatchObject({ status: 400, errors: [{ path }] })
  })
})

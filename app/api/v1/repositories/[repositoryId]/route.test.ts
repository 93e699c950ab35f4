import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRepositoryOnPush } from '@/lib/metadata/repositories'
import { type TestApi, digestOfLetter, openTestApi, uniqueName } from '@/lib/testing/test-api'

let api: TestApi

beforeAll(async () => (api = await openTestApi()))
afterAll(() => api.close())

const one = '/repositories/{repositoryId}'
const collection = '/instances/{instanceId}/repositories'

describe('making one', () => {
  test('answers it whole; reading it answers the same', async () => {
    const { instanceId } = await api.makeRepository()
    const body = { namespace: 'test', name: 'web/front', type: 'PUBLIC', summary: 'The shop', tagImmutability: true }
    const made = await api.call('POST', collection, { instanceId }, { body })
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({ ...body, description: '', tagCount: 0, lastPushedAt: null, updatedBy: 'admin' })
    expect(made.headers.get('location')).toBe(`/api/v1/repositories/${made.json.id}`)
    const read = await api.call('GET', one, { repositoryId: made.json.id })
    // Only the answer of the creation says where the settings came from.
    expect({ ...read.json, settingSources: { type: 'request', tagImmutability: 'request' } }).toEqual(made.json)
    expect(read.headers.get('etag')).toBe('"1"')
  })

  test('what is refused, and where the fault is', async () => {
    const { instanceId } = await api.makeRepository()
    const create = (body: object) => api.call('POST', collection, { instanceId }, { body })
    const missing = await create({ namespace: 'nowhere', name: 'example' })
    expect(missing.json).toMatchObject({ status: 400, errors: [{ path: 'namespace' }] })
    const taken = await create({ namespace: 'test', name: 'example' })
    expect(taken.json).toMatchObject({ status: 409, code: 'ALREADY_EXISTS', errors: [{ path: 'name' }] })
    const bad = await create({ namespace: 'test', name: 'Upper', summary: 'x'.repeat(101) })
    expect(bad.json.errors.map((error) => error.path)).toEqual(['name', 'summary'])
    const gone = { namespace: 'test', name: 'example' }
    expect((await api.call('POST', collection, { instanceId: 'cri-none' }, { body: gone })).status).toBe(404)
  })
})

describe('changing one', () => {
  test('Immutable on and off: settings, version, who, and a record with the reason', async () => {
    const { repositoryId } = await api.makeRepository()
    const body = { tagImmutability: true, summary: 'frozen', reason: 'audit' }
    const on = await api.call('PATCH', one, { repositoryId }, { body, headers: { 'if-match': '"1"' } })
    expect(on.status).toBe(200)
    expect(on.headers.get('etag')).toBe('"2"')
    expect(on.json).toMatchObject({ tagImmutability: true, summary: 'frozen', updatedBy: 'admin' })
    const off = await api.call('PATCH', one, { repositoryId }, { body: { tagImmutability: false } })
    expect(off.json['tagImmutability']).toBe(false)
    const events = await api.ctx.db.prisma.auditEvent.findMany({
      where: { targetId: repositoryId, action: 'UPDATE' },
      orderBy: { id: 'asc' },
    })
    expect(events).toMatchObject([
      {
        targetType: 'REPOSITORY',
        targetName: 'test/example',
        before: '{"summary":"","immutabilityMode":"off"}',
        after: '{"summary":"frozen","immutabilityMode":"enforce"}',
        reason: 'audit',
      },
      { before: '{"immutabilityMode":"enforce"}', after: '{"immutabilityMode":"off"}', reason: null },
    ])
  })

  test('null clears a text, and is refused elsewhere', async () => {
    const { repositoryId } = await api.makeRepository(uniqueName())
    const change = (body: object) => api.call('PATCH', '/repositories/{repositoryId}', { repositoryId }, { body })
    await change({ summary: 'one', description: 'two' })
    expect((await change({ summary: null, description: null })).json).toMatchObject({ summary: '', description: '' })
    for (const name of ['type', 'tagImmutability']) {
      expect((await change({ [name]: null })).json).toMatchObject({ status: 400, errors: [{ path: name }] })
    }
  })

  test('to what it is already changes nothing, and writes nothing', async () => {
    const { repositoryId } = await api.makeRepository()
    const before = await api.call('GET', one, { repositoryId })
    const body = { tagImmutability: false, summary: '', type: 'PRIVATE' }
    const answer = await api.call('PATCH', one, { repositoryId }, { body })
    expect(answer.json).toEqual(before.json)
    expect(answer.headers.get('etag')).toBe('"1"')
    const stale = await api.call('PATCH', one, { repositoryId }, { body, headers: { 'if-match': '"9"' } })
    expect(stale.status).toBe(412)
    expect(await api.ctx.db.prisma.auditEvent.count({ where: { targetId: repositoryId, action: 'UPDATE' } })).toBe(0)
  })

  test('of changes at the same time to one version exactly one is made', async () => {
    const { repositoryId } = await api.makeRepository()
    const attempts = Array.from({ length: 16 }, (_, index) =>
      api.call('PATCH', one, { repositoryId }, { body: { summary: `${index}` }, headers: { 'if-match': '"1"' } }),
    )
    const answers = await Promise.all(attempts)
    const winners = answers.filter((answer) => answer.status === 200)
    expect(winners).toHaveLength(1)
    expect(answers.filter((answer) => answer.status === 412)).toHaveLength(15)
    const { json } = await api.call('GET', one, { repositoryId })
    expect(json['summary']).toBe(winners[0]?.json['summary'])
    expect(await api.ctx.db.prisma.auditEvent.count({ where: { targetId: repositoryId, action: 'UPDATE' } })).toBe(1)
  })

  test('without If-Match all of them are made, one after the other', async () => {
    const { repositoryId } = await api.makeRepository()
    const attempts = Array.from({ length: 8 }, (_, index) =>
      api.call('PATCH', one, { repositoryId }, { body: { summary: `${index}` } }),
    )
    const etags = (await Promise.all(attempts)).map((answer) => answer.headers.get('etag'))
    expect(etags.sort()).toEqual(['"2"', '"3"', '"4"', '"5"', '"6"', '"7"', '"8"', '"9"'])
  })

  test('a change that cannot be recorded is not made', async () => {
    const { repositoryId } = await api.makeRepository()
    await api.ctx.db.prisma.$executeRaw`ALTER TABLE "AuditEvent" RENAME TO "Elsewhere"`
    const answer = await api.call('PATCH', one, { repositoryId }, { body: { tagImmutability: true } })
    await api.ctx.db.prisma.$executeRaw`ALTER TABLE "Elsewhere" RENAME TO "AuditEvent"`
    expect(answer.status).toBe(503)
    expect((await api.call('GET', one, { repositoryId })).json['tagImmutability']).toBe(false)
  })
})

describe('deleting one', () => {
  async function makeImmutable(tags: readonly string[]) {
    const made = await api.makeRepository()
    for (const tag of tags) await api.pushTag(made.repositoryId, tag)
    const { repositoryId } = made
    await api.call('PATCH', one, { repositoryId }, { body: { tagImmutability: true } })
    return made
  }

  test('one without protected tags goes with its tags, which the ledger keeps', async () => {
    const { repositoryId, namespaceId } = await api.makeRepository()
    await api.pushTag(repositoryId, 'v1')
    expect((await api.call('DELETE', one, { repositoryId })).status).toBe(204)
    expect((await api.call('GET', one, { repositoryId })).status).toBe(404)
    const { db } = api.ctx
    expect(await db.prisma.manifest.count({ where: { repositoryId } })).toBe(0)
    expect(await db.prisma.tombstone.count()).toBe(0)
    expect(await db.prisma.tagEvent.findMany({ where: { repositoryId } })).toMatchObject([
      { kind: 'DELETED', tag: 'v1', currentDigest: digestOfLetter('a'), actor: 'admin', address: '192.0.2.7' },
    ])
    expect(await db.prisma.auditEvent.count({ where: { targetId: repositoryId, action: 'DELETE' } })).toBe(1)
    expect((await api.call('DELETE', '/namespaces/{namespaceId}', { namespaceId })).status).toBe(204)
  })

  test('an immutable one with nothing but latest goes too', async () => {
    const { repositoryId } = await makeImmutable(['latest'])
    expect((await api.call('DELETE', one, { repositoryId })).status).toBe(204)
  })

  test('protected tags forbid it, by name and number, and nothing is deleted', async () => {
    const tags = Array.from({ length: 12 }, (_, index) => `v${String(index).padStart(2, '0')}`)
    const { repositoryId } = await makeImmutable([...tags, 'latest'])
    for (const query of ['', '?force=example', '?force=test/exampl', '?force=TEST/EXAMPLE', '?force=']) {
      const answer = await api.call('DELETE', one, { repositoryId }, { query })
      expect(answer.json).toMatchObject({
        status: 409,
        code: 'REPOSITORY_PROTECTED',
        context: { tags: tags.slice(0, 10), count: 12 },
      })
    }
    expect((await api.call('GET', one, { repositoryId })).json['tagCount']).toBe(13)
  })

  test('forced by its name, it goes, and its tags’ names stay reserved for their digests', async () => {
    const { instanceId, repositoryId } = await makeImmutable(['v1', 'latest'])
    for (const query of ['', '&reason=', '&reason=%20']) {
      const refused = await api.call('DELETE', one, { repositoryId }, { query: `?force=test/example${query}` })
      expect([refused.status, refused.json.errors[0]?.path]).toEqual([400, 'reason'])
    }
    const answer = await api.call('DELETE', one, { repositoryId }, { query: '?force=test/example&reason=Ended' })
    expect(answer.status).toBe(204)
    const { db } = api.ctx
    const reason = 'the repository was deleted: Ended'
    expect(await db.prisma.tombstone.findMany({ where: { instanceId } })).toMatchObject([
      { repositoryPath: 'test/example', tag: 'v1', digest: digestOfLetter('a'), createdBy: 'admin', reason },
    ])
    expect(await db.prisma.tagEvent.count({ where: { repositoryId, kind: 'DELETED', reason } })).toBe(2)
    expect(await db.prisma.auditEvent.findFirst({ where: { targetId: repositoryId, action: 'DELETE' } })).toMatchObject(
      {
        reason: 'Ended',
      },
    )

    const body = { namespace: 'test', name: 'example', tagImmutability: true }
    const again = await api.call('POST', collection, { instanceId }, { body })
    await expect(api.pushTag(again.json.id, 'v1', digestOfLetter('b'))).rejects.toMatchObject({ code: 'TAG_RESERVED' })
    await api.pushTag(again.json.id, 'v1', digestOfLetter('a'))
    const params = { repositoryId: again.json.id }
    expect((await api.call('DELETE', one, params, { query: '?force=test/example&reason=Ended' })).status).toBe(204)
    expect(await db.prisma.tombstone.count({ where: { instanceId } })).toBe(1)
  })

  test('created again by a push, with Immutable off, it keeps the names reserved, over the former digest too', async () => {
    const { instanceId, namespaceId, repositoryId } = await makeImmutable(['v1', 'latest'])
    await api.call('PATCH', '/namespaces/{namespaceId}', { namespaceId }, { body: { autoCreateRepository: true } })
    await api.call('DELETE', one, { repositoryId }, { query: '?force=test/example&reason=Ended' })
    const { db } = api.ctx
    const again = await db.sqlTransaction((tx) =>
      createRepositoryOnPush(tx, { instanceId, namespace: 'test', name: 'example', createdBy: 'pusher' }),
    )
    if (again === null) throw new Error('the namespace refused its repository')
    const { immutabilityMode } = await db.prisma.repository.findUniqueOrThrow({ where: { id: again.id } })
    expect(immutabilityMode).toBe('off')
    const push = (tag: string, letter: string) => api.pushTag(again.id, tag, digestOfLetter(letter))
    await expect(push('v1', 'b')).rejects.toMatchObject({ code: 'TAG_RESERVED' })
    await push('v1', 'a')
    await expect(push('v1', 'b')).rejects.toMatchObject({ code: 'TAG_RESERVED' })
    await push('latest', 'b')
    await push('v2', 'b')
  })

  test('not when it has changed meanwhile', async () => {
    const { repositoryId } = await api.makeRepository()
    expect((await api.call('DELETE', one, { repositoryId }, { headers: { 'if-match': '"2"' } })).status).toBe(412)
    expect((await api.call('DELETE', one, { repositoryId }, { headers: { 'if-match': '"1"' } })).status).toBe(204)
  })

  test('a thousand tags go, each with its entry in the ledger', async () => {
    const { repositoryId } = await makeImmutable(['v1'])
    const { db } = api.ctx
    const now = new Date()
    await db.prisma.tag.createMany({
      data: Array.from({ length: 1200 }, (_, index) => ({
        repositoryId,
        name: `many-${index}`,
        digest: digestOfLetter('a'),
        createdAt: now,
        updatedAt: now,
        updatedBy: 'admin',
      })),
    })
    const answer = await api.call('DELETE', one, { repositoryId }, { query: '?force=test/example&reason=Ended' })
    expect(answer.status).toBe(204)
    expect(await db.prisma.tagEvent.count({ where: { repositoryId } })).toBe(1201)
  })
})

test('readers of the outbox learn of the policy and its changes, of no other change, and of the deletion', async () => {
  const { repositoryId } = await api.makeRepository()
  for (const body of [{ tagImmutability: true }, { summary: 'other' }, { tagImmutability: false }]) {
    expect((await api.call('PATCH', one, { repositoryId }, { body })).status).toBe(200)
  }
  expect((await api.call('DELETE', one, { repositoryId })).status).toBe(204)
  const [off, enforce] = ['off', 'enforce'].map((immutabilityMode) => ({ immutabilityMode, exemptTags: ['latest'] }))
  const events = await api.ctx.db.prisma.outboxEvent.findMany({ where: { repositoryId }, orderBy: { id: 'asc' } })
  expect(events.map(({ kind, detail }) => [kind, detail])).toEqual([
    ['POLICY_CHANGED', JSON.stringify({ former: null, ...off })],
    ['POLICY_CHANGED', JSON.stringify({ former: off, ...enforce })],
    ['POLICY_CHANGED', JSON.stringify({ former: enforce, ...off })],
    ['REPOSITORY_DELETED', '{}'],
  ])
})

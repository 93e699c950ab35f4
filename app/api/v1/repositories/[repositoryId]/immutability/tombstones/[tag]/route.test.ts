import { afterEach, beforeEach, expect, test } from 'vitest'
import { operations } from '@/lib/api/operations/operations'
import { AppError } from '@/lib/domain/errors'
import { type TestApi, digestOfLetter, openTestApi } from '@/lib/testing/test-api'

let api: TestApi
let params: { instanceId: string; namespaceId: string; repositoryId: string }

beforeEach(async () => {
  api = await openTestApi()
  params = await api.makeRepository('example', { tagImmutability: true })
  await api.pushTag(params.repositoryId, 'v1')
  await api.call('DELETE', operations.deleteTag.path, { ...params, tag: 'v1' }, { query: '?reason=Withdrawn' })
})
afterEach(() => api.close())

const reason = 'The name was a typing error'

function release(tag = 'v1', body: object = { reason }) {
  return api.call('DELETE', operations.releaseTagName.path, { ...params, tag }, { body })
}

async function push(letter: string): Promise<string> {
  try {
    await api.pushTag(params.repositoryId, 'v1', digestOfLetter(letter))
    return 'done'
  } catch (error) {
    if (AppError.is(error)) return error.code
    throw error
  }
}

async function lastEvent() {
  return api.ctx.db.prisma.tagEvent.findFirstOrThrow({ orderBy: { id: 'desc' } })
}

test('an administrator gives a reserved name back: it can be pushed with any digest, and that is recorded', async () => {
  expect(await push('b')).toBe('TAG_RESERVED')
  expect((await release()).status).toBe(204)
  expect(await push('b')).toBe('done')
  const event = await lastEvent()
  expect(event).toMatchObject({
    kind: 'RELEASED',
    tag: 'v1',
    currentDigest: digestOfLetter('a'),
    reason,
    actor: 'admin',
  })
  const { prisma } = api.ctx.db
  expect(await prisma.outboxEvent.count({ where: { tagEventId: event.id } })).toBe(1)
  expect(await prisma.auditEvent.findFirstOrThrow({ orderBy: { id: 'desc' } })).toMatchObject({
    ...{ action: 'DELETE', targetType: 'RESERVED_NAME', targetName: 'test/example:v1', reason },
    before: JSON.stringify({ digest: digestOfLetter('a'), reason: 'Withdrawn', deletedBy: 'admin' }),
  })
  // Protected as ever.
  expect(await push('c')).toBe('TAG_IMMUTABLE')
})

test('a name that a former repository of the path reserved can be released', async () => {
  await api.call('DELETE', operations.deleteRepository.path, params)
  const again = await api.call('POST', operations.createRepository.path, params, {
    body: { namespace: 'test', name: 'example', tagImmutability: false },
  })
  params = { ...params, repositoryId: again.json.id }
  expect(await push('b')).toBe('TAG_RESERVED')
  expect((await release()).status).toBe(204)
  expect([await push('b'), await push('c')]).toEqual(['done', 'done'])
})

test('a name that is not reserved, and a reason that is not given, are refused and change nothing', async () => {
  expect((await release('v2')).json.code).toBe('NOT_FOUND')
  for (const body of [{}, { reason: '' }, { reason: '  ' }, { reason: 'x'.repeat(501) }]) {
    expect((await release('v1', body)).status).toBe(400)
  }
  expect((await lastEvent()).kind).toBe('DELETED')
  expect((await release()).status).toBe(204)
  expect((await release()).status).toBe(404)
})

test('the list counts the pushes that were refused since the name is reserved, and nothing else', async () => {
  const list = async () => (await api.call('GET', operations.listTombstones.path, params)).json.items
  const now = new Date()
  const of = { instanceId: params.instanceId, repositoryId: params.repositoryId, repositoryPath: 'test/example' }
  const by = { actor: 'ci', credential: 'x', address: '', userAgent: '' }
  const refused = { ...of, ...by, tag: 'v1', kind: 'REFUSED' as const, reason: 'TAG_RESERVED', count: 2 }
  const before = new Date(now.getTime() - 60_000)
  await api.ctx.db.prisma.tagEvent.createMany({
    data: [
      { ...refused, createdAt: now, lastAt: now },
      { ...refused, count: 1, createdAt: now, lastAt: now },
      { ...refused, createdAt: before, lastAt: before },
      { ...refused, tag: 'v2', createdAt: now, lastAt: now },
      { ...refused, reason: 'TAG_IMMUTABLE', createdAt: now, lastAt: now },
    ],
  })
  expect(await list()).toMatchObject([{ tag: 'v1', refusedCount: 3 }])
})

test('a name that is reserved again has the later deletion', async () => {
  await api.ctx.db.prisma.tombstone.updateMany({ data: { createdAt: new Date(0) } })
  await push('a')
  await api.call('DELETE', operations.deleteTag.path, { ...params, tag: 'v1' }, { query: '?reason=Again' })
  const { items } = (await api.call('GET', operations.listTombstones.path, params)).json
  expect(items).toMatchObject([{ reason: 'Again' }])
  expect(String(items[0]?.['deletedAt'])).not.toMatch(/^1970/)
})

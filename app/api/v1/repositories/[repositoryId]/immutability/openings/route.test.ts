import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { operations } from '@/lib/api/operations/operations'
import { AppError } from '@/lib/domain/errors'
import { SeenTimes, clockToleranceMs } from '@/lib/domain/openings'
import { watchOpenings } from '@/lib/registry/policy/watch-openings'
import { type TestApi, digestOfLetter, openTestApi } from '@/lib/testing/test-api'

let api: TestApi
let params: { instanceId: string; namespaceId: string; repositoryId: string }

beforeEach(async () => {
  api = await openTestApi()
  params = await api.makeRepository('example', { tagImmutability: true })
  await api.pushTag(params.repositoryId, 'v1')
})
afterEach(() => api.close())

const openings = operations.openTag.path
const reason = 'To rebuild after CVE-2026-31337'

function open(body: object = {}) {
  return api.call('POST', openings, params, { body: { tag: 'v1', reason, minutes: 15, ...body } })
}

/** Moves a tag as a push does; returns what came of it. */
async function push(tag: string, letter: string): Promise<string> {
  try {
    await api.pushTag(params.repositoryId, tag, digestOfLetter(letter))
    return 'done'
  } catch (error) {
    if (AppError.is(error)) return error.code
    throw error
  }
}

async function list(query = '') {
  return (await api.call('GET', openings, params, { query })).json.items
}

/** What the ledger has of the tag besides its creation. */
async function ledger() {
  const events = await api.ctx.db.prisma.tagEvent.findMany({ orderBy: { id: 'asc' } })
  return events.map(({ kind, reason, actor }) => [kind, reason, actor])
}

test('an administrator opens a tag for a time: it can be overwritten, and nothing else can be', async () => {
  await api.pushTag(params.repositoryId, 'v2')
  const { status, json } = await open()
  expect(status).toBe(201)
  expect(json).toMatchObject({ tag: 'v1', reason, openedBy: 'admin', isOpen: true, moveCount: 0, closedAt: null })
  expect(Date.parse(String(json['closesAt'])) - Date.parse(String(json['opensAt']))).toBe(15 * 60_000)
  expect(await push('v1', 'b')).toBe('done')
  expect(await push('v1', 'b')).toBe('done')
  expect(await push('v1', 'c')).toBe('done')
  expect(await push('v2', 'c')).toBe('TAG_IMMUTABLE')
  expect((await api.call('DELETE', operations.deleteTag.path, { ...params, tag: 'v1' })).json.code).toBe(
    'TAG_UNDELETABLE',
  )
  const check = await api.call('POST', operations.checkImmutability.path, params, { body: { tag: 'v1' } })
  expect(check.json).toMatchObject({ allowed: true })
  expect(await list()).toMatchObject([{ id: json.id, moveCount: 2, isOpen: true }])

  const closed = await api.call('DELETE', operations.closeOpening.path, { ...params, openingId: json.id })
  expect(closed.status).toBe(204)
  expect(await push('v1', 'd')).toBe('TAG_IMMUTABLE')
  expect(await list()).toMatchObject([{ moveCount: 2, isOpen: false, closedBy: 'admin', closedHow: 'HAND' }])
  expect(await list('?isOpen=true')).toEqual([])
  expect(await ledger()).toEqual([
    ['OPENED', reason, 'admin'],
    ['CLOSED', 'CLOSED_BY_HAND', 'admin'],
  ])
  const again = await api.call('DELETE', operations.closeOpening.path, { ...params, openingId: json.id })
  expect([again.status, (await ledger()).length]).toEqual([204, 2])
  const { prisma } = api.ctx.db
  const audited = await prisma.auditEvent.findMany({ where: { targetType: 'TAG_OPENING' }, orderBy: { id: 'asc' } })
  expect(audited.map(({ action, targetId, targetName, reason: why }) => [action, targetId, targetName, why])).toEqual([
    ['CREATE', json.id, 'test/example:v1', reason],
    ['DELETE', json.id, 'test/example:v1', null],
  ])
  const ids = (await prisma.tagEvent.findMany()).map(({ id }) => id)
  expect(await prisma.outboxEvent.count({ where: { tagEventId: { in: ids } } })).toBe(2)
})

describe('is refused', () => {
  test('for a tag that is open already', async () => {
    const { json } = await open()
    const second = await open()
    expect([second.status, second.json.code]).toEqual([409, 'ALREADY_OPEN'])
    expect(second.json).toMatchObject({ context: { openingId: json.id } })
  })

  test('for a tag that is exempt, and while nothing is enforced', async () => {
    await api.pushTag(params.repositoryId, 'latest')
    expect((await open({ tag: 'latest' })).json.code).toBe('TAG_NOT_PROTECTED')
    await api.ctx.db.prisma.repository.updateMany({ data: { immutabilityMode: 'audit' } })
    expect((await open()).json.code).toBe('TAG_NOT_PROTECTED')
  })

  test('for a tag that does not exist, and for a name that a former repository reserved', async () => {
    expect((await open({ tag: 'v9' })).json.code).toBe('NOT_FOUND')
    const { instanceId } = params
    const reserved = { instanceId, repositoryPath: 'test/example', repositoryId: 'crr-former', tag: 'v1' }
    const of = { digest: digestOfLetter('f'), reason: 'test', createdBy: 'admin' }
    await api.ctx.db.prisma.tombstone.create({ data: { ...reserved, ...of } })
    expect((await open()).json.code).toBe('TAG_RESERVED')
  })

  test.each([
    { minutes: 0 },
    { minutes: 1441 },
    { minutes: 1.5 },
    { reason: ' ' },
    { reason: 'x'.repeat(501) },
    { tag: '.x' },
    { more: true },
  ])('with %j', async (body) => {
    expect((await open(body)).status).toBe(400)
    expect(await ledger()).toEqual([])
  })
})

test('a tag that is deleted while it is open stays reserved', async () => {
  await open()
  await api.call('DELETE', operations.deleteTag.path, { ...params, tag: 'v1' }, { query: '?reason=Withdrawn' })
  expect(await push('v1', 'b')).toBe('TAG_RESERVED')
  expect(await push('v1', 'a')).toBe('done')
  expect(await push('v1', 'b')).toBe('done')
})

describe('an opening ends by itself', () => {
  const later = (ms: number) => new Date(Date.now() + ms)

  /** Sets times of the only opening. */
  async function set(data: object) {
    await api.ctx.db.prisma.tagOpening.updateMany({ data })
  }

  test('at its time, without any job; the job records the end, and it stays closed', async () => {
    await open()
    await set({ closesAt: later(-1) })
    expect(await push('v1', 'b')).toBe('TAG_IMMUTABLE')
    expect(await list()).toMatchObject([{ isOpen: false, closedHow: 'TIME', closedBy: null }])
    expect(await list('?isOpen=true')).toEqual([])
    await watchOpenings(api.ctx, new SeenTimes())
    await watchOpenings(api.ctx, new SeenTimes())
    expect(await ledger()).toEqual([
      ['OPENED', reason, 'admin'],
      ['CLOSED', 'CLOSED_BY_TIME', 'system'],
    ])
    // Even if its row said that there is time left.
    await set({ closesAt: later(60_000) })
    expect(await push('v1', 'b')).toBe('TAG_IMMUTABLE')
    expect((await open()).status).toBe(201)
    expect(await push('v1', 'b')).toBe('done')
  })

  test('and can be opened again at once, which records the end of the former one', async () => {
    await open()
    await set({ closesAt: later(-1) })
    expect((await open({ reason: 'Again' })).status).toBe(201)
    expect((await ledger()).map(([kind]) => kind)).toEqual(['OPENED', 'CLOSED', 'OPENED'])
    expect((await list()).map(({ reason, isOpen }) => [reason, isOpen])).toEqual([
      ['Again', true],
      [reason, false],
    ])
  })

  test('when a clock jumps forward, and is not opened again when it is set right', async () => {
    await open()
    await watchOpenings(api.ctx, new SeenTimes(), later(3_600_000))
    expect(await push('v1', 'b')).toBe('TAG_IMMUTABLE')
    expect(await list()).toMatchObject([{ isOpen: false, closedHow: 'TIME' }])
  })

  test('when a clock goes back: at once, and for good with the next look at the time', async () => {
    await open()
    const seenTimes = new SeenTimes()
    await watchOpenings(api.ctx, seenTimes, later(120_000 + clockToleranceMs))
    expect(await push('v1', 'b')).toBe('TAG_IMMUTABLE')
    await watchOpenings(api.ctx, seenTimes)
    expect((await ledger()).at(-1)).toEqual(['CLOSED', 'CLOSED_BY_CLOCK', 'system'])
  })

  test('at the time of the server whose clock is ahead', async () => {
    await open()
    await watchOpenings(api.ctx, new SeenTimes(), later(clockToleranceMs - 5000))
    expect(await push('v1', 'b')).toBe('done')
    await set({ closesAt: later(clockToleranceMs - 10_000) })
    expect(await push('v1', 'c')).toBe('TAG_IMMUTABLE')
  })

  test('with its repository', async () => {
    await open()
    await api.call('DELETE', operations.deleteRepository.path, params, { query: '?force=test%2Fexample&reason=Ended' })
    expect(await api.ctx.db.prisma.tagOpening.count()).toBe(0)
    await watchOpenings(api.ctx, new SeenTimes())
  })
})

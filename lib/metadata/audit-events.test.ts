import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hashAuditEvent } from './audit-chain'
import { type Actor, type NewAuditEvent, insertAuditEvent } from './audit-events'
import { type AuditSlice, countAuditEvents, findAuditHead, listAuditEvents, searchAuditEvents } from './audit-listing'
import type { Database } from './engine/database'
import { openTestDatabase } from '@/lib/testing/test-database'

const actor: Actor = { name: 'admin', credential: 'session', address: '192.0.2.7', userAgent: 'agent' }
const change: NewAuditEvent = {
  action: 'UPDATE',
  target: { type: 'NAMESPACE', id: 'crn-1', name: 'test' },
  instanceId: 'cri-1',
  before: { a: 1 },
  after: { a: 2 },
}

let db: Database
let close: () => Promise<void>

beforeEach(async () => ({ db, close } = await openTestDatabase()))
afterEach(() => close())

async function insert(event: NewAuditEvent = change, by: Actor = actor): Promise<void> {
  await db.transaction((tx) => insertAuditEvent(tx, by, event))
}

function list() {
  return listAuditEvents(db, {}, { order: 'oldest first', limit: 1000 })
}

describe('the hash of an event', () => {
  test('is what it has always been: computed by another program from the same fields', () => {
    const event = {
      id: 1,
      action: 'UPDATE',
      targetType: 'USER',
      targetId: 'usr-1',
      targetName: 'zoë "z" 李\u0001\u2028\u007f',
      instanceId: null,
      before: '{"a":1}',
      after: null,
      reason: 'line\nbreak\t/',
      actor: 'admin',
      credential: 'session',
      address: '192.0.2.7',
      userAgent: 'agent',
      createdAt: new Date('2026-11-22T01:02:03.004Z'),
    }
    expect(hashAuditEvent('', event)).toBe('0864cd3184ae810657f2ae60fc0144c464dee0962b2472ade2e9d1ae5f6ac0a0')
  })

  test('is of what the database gives back, whatever was written', async () => {
    const strange = '\ud800half, null\0, "quoted", \u2028, 李, \udc00'
    await insert({
      action: 'UPDATE',
      target: { type: 'USER', id: strange, name: strange },
      before: { [strange]: strange, missing: null, nothing: undefined, when: new Date(1_234) },
      after: null,
      reason: strange,
    })
    await insert(change, { name: strange, credential: strange, address: strange, userAgent: strange })
    await insert({ ...change, before: null, reason: '' })
    const events = await list()
    expect(events.map((event) => hashAuditEvent(event.previousHash, event))).toEqual(events.map(({ hash }) => hash))
    expect(events[0]?.targetName).toBe('\ufffdhalf, null\ufffd, "quoted", \u2028, 李, \ufffd')
    expect(JSON.parse(events[0]?.before ?? '')).toEqual({
      [strange]: strange,
      missing: null,
      when: '1970-01-01T00:00:01.234Z',
    })
  })
})

describe('the chain', () => {
  test('is in the order of the ids, without a gap, each with the hash of the one before', async () => {
    await Promise.all(Array.from({ length: 20 }, () => insert()))
    const events = await list()
    expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    expect(events.map(({ previousHash }) => previousHash)).toEqual(['', ...events.slice(0, -1).map(({ hash }) => hash)])
    expect(await findAuditHead(db)).toEqual({ eventId: 20, hash: events.at(-1)?.hash })
  })

  test('has no gap where a change was undone', async () => {
    await insert()
    const undone = db.transaction(async (tx) => {
      await insertAuditEvent(tx, actor, change)
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    await insert()
    expect((await list()).map(({ id }) => id)).toEqual([1, 2])
  })

  test('goes on where somebody has put an event behind it, or taken the head away', async () => {
    await insert()
    await db.prisma.auditEvent.updateMany({ data: { id: 5 } })
    await insert()
    await db.prisma.auditHead.deleteMany()
    await insert()
    expect((await list()).map(({ id }) => id)).toEqual([5, 6, 7])
  })
})

test('a change of an instance concerns that instance', async () => {
  await insert({ ...change, instanceId: undefined, target: { type: 'INSTANCE', id: 'cri-7', name: 'seven' } })
  expect((await list())[0]?.instanceId).toBe('cri-7')
})

test('what a client sends by itself fills no disk', async () => {
  await insert(change, { ...actor, userAgent: 'x'.repeat(10_000) })
  expect((await list())[0]?.userAgent).toBe(`${'x'.repeat(511)}…`)
})

test('a search for text finds what is far back, in parts and in order, and lets others have their turn', async () => {
  // More than two parts, written past the chain: only searched here.
  const rows = Array.from({ length: 12_000 }, (_, index) => ({
    ...{
      id: index + 1,
      action: 'UPDATE',
      targetType: 'USER',
      targetId: '',
      targetName: `n${index % 3000}`,
      actor: 'a',
    },
    ...{ credential: '', address: '', userAgent: '', createdAt: new Date(0), previousHash: '', hash: '' },
  }))
  for (let from = 0; from < rows.length; from += 1000) {
    await db.prisma.auditEvent.createMany({ data: rows.slice(from, from + 1000) })
  }
  const ids = async (slice: Omit<AuditSlice, 'limit'>, limit = 10) =>
    (await listAuditEvents(db, { text: 'N2999' }, { ...slice, limit })).map(({ id }) => id)
  expect(await ids({ order: 'newest first' })).toEqual([12_000, 9000, 6000, 3000])
  expect(await ids({ order: 'oldest first' })).toEqual([3000, 6000, 9000, 12_000])
  expect(await ids({ order: 'newest first', beforeId: 9000 }, 1)).toEqual([6000])
  expect(await ids({ order: 'oldest first', afterId: 3000, beforeId: 9000 })).toEqual([6000])
  // Of the newest 10,000.
  expect(await countAuditEvents(db, { text: 'n2999' })).toEqual({ count: 4, isCapped: true })
  const found = await searchAuditEvents(db, { text: 'n999' }, { order: 'newest first', limit: 10 }, 5000)
  expect(found).toMatchObject({ rows: [{ id: 10_000 }], stoppedAtId: 7001 })
  expect(await countAuditEvents(db, {})).toEqual({ count: 10_000, isCapped: true })
  let turns = 0
  const other = setInterval(() => (turns += 1), 0)
  await countAuditEvents(db, { text: 'nowhere' })
  clearInterval(other)
  expect(turns).toBeGreaterThan(0)
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemPrincipal } from '@/lib/domain/principal'
import { hashAuditEvent } from '@/lib/metadata/audit-chain'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { type AuditHead, findAuditEvent, findAuditHead } from '@/lib/metadata/audit-listing'
import type { Database, Transaction } from '@/lib/metadata/engine/database'
import { openTestDatabase } from '@/lib/testing/test-database'
import { verifyAudit } from './verify-audit'

const actor = { name: 'admin', credential: 'session', address: '192.0.2.7', userAgent: 'agent' }

let db: Database
let close: () => Promise<void>

beforeEach(async () => {
  ;({ db, close } = await openTestDatabase())
  for (let n = 1; n <= 8; n++) await append(n)
})
afterEach(() => close())

async function append(n: number): Promise<void> {
  await db.transaction((tx) => appendIn(tx, n))
}

async function appendIn(tx: Transaction, n: number): Promise<void> {
  const target = { type: 'NAMESPACE', id: `crn-${n}`, name: `name-${n}` } as const
  await insertAuditEvent(tx, actor, { action: 'UPDATE', target, before: { n }, after: { n: n + 1 }, reason: 'why' })
}

async function noteHead(): Promise<AuditHead> {
  const head = await findAuditHead(db)
  if (head === null) throw new Error('no head')
  return head
}

/** Writes all from an event on anew, as somebody would who can write to the database and knows how. */
async function rechain(fromId: number, toId: number): Promise<void> {
  for (let id = fromId; id <= toId; id++) {
    const event = await findAuditEvent(db, id)
    const previousHash = (await findAuditEvent(db, id - 1))?.hash ?? ''
    if (event === null) throw new Error('no event')
    const hash = hashAuditEvent(previousHash, event)
    await db.prisma.auditEvent.update({ where: { id }, data: { previousHash, hash } })
    await db.prisma.auditHead.update({ where: { id: 1 }, data: { eventId: id, hash } })
  }
}

test('a trail that nobody touched is whole, to its head', async () => {
  const head = await noteHead()
  expect(head.eventId).toBe(8)
  expect(await verifyAudit({ db }, systemPrincipal, null)).toEqual({ goodEvents: 8, head, problem: null })
})

test('an empty trail is whole', async () => {
  await db.prisma.auditEvent.deleteMany()
  await db.prisma.auditHead.deleteMany()
  expect(await verifyAudit({ db }, systemPrincipal, null)).toEqual({ goodEvents: 0, head: null, problem: null })
})

test('more events than are read at once, some added meanwhile', async () => {
  await db.transaction(async (tx) => {
    for (let n = 9; n <= 1200; n++) await appendIn(tx, n)
  })
  const adding = (async () => {
    for (let n = 1201; n <= 1220; n++) await append(n)
  })()
  const verdict = await verifyAudit({ db }, systemPrincipal, null)
  await adding
  expect(verdict.problem).toBeNull()
  expect(verdict.goodEvents).toBeGreaterThanOrEqual(1200)
})

describe('what was done to it is found, and where first', () => {
  const fields = {
    action: 'DELETE',
    targetType: 'USER',
    targetId: 'other',
    targetName: 'other',
    instanceId: 'cri-9',
    before: null,
    after: '{"n":6 }',
    reason: null,
    actor: 'nobody',
    credential: 'password',
    address: '192.0.2.8',
    userAgent: '',
    createdAt: new Date(0),
    hash: 'f'.repeat(64),
  }
  test.each(Object.entries(fields))('another %s', async (field, value) => {
    await db.prisma.auditEvent.update({ where: { id: 5 }, data: { [field]: value } })
    const { goodEvents, problem } = await verifyAudit({ db }, systemPrincipal, null)
    expect(problem).toMatchObject({ kind: 'CHANGED', eventId: 5 })
    expect(goodEvents).toBe(4)
  })

  test('a time that is off by a millisecond', async () => {
    const { createdAt } = await db.prisma.auditEvent.findUniqueOrThrow({ where: { id: 5 } })
    await db.prisma.auditEvent.update({ where: { id: 5 }, data: { createdAt: new Date(createdAt.getTime() + 1) } })
    expect((await verifyAudit({ db }, systemPrincipal, null)).problem).toMatchObject({ kind: 'CHANGED', eventId: 5 })
  })

  test('an event that was changed together with its hash', async () => {
    await db.prisma.auditEvent.update({ where: { id: 5 }, data: { actor: 'nobody' } })
    const event = await db.prisma.auditEvent.findUniqueOrThrow({ where: { id: 5 } })
    await db.prisma.auditEvent.update({ where: { id: 5 }, data: { hash: hashAuditEvent(event.previousHash, event) } })
    const { problem } = await verifyAudit({ db }, systemPrincipal, null)
    expect(problem).toMatchObject({ kind: 'REPLACED', eventId: 5 })
  })

  test.each([
    ['the first', [1], 1],
    ['one', [5], 5],
    ['several', [4, 5, 6], 4],
    ['the newest', [7, 8], 7],
  ])('%s taken away', async (_, ids, eventId) => {
    await db.prisma.auditEvent.deleteMany({ where: { id: { in: ids } } })
    expect((await verifyAudit({ db }, systemPrincipal, null)).problem).toMatchObject({ kind: 'MISSING', eventId })
  })

  test('all taken away, but for the head', async () => {
    await db.prisma.auditEvent.deleteMany()
    const { problem } = await verifyAudit({ db }, systemPrincipal, null)
    expect(problem).toMatchObject({ kind: 'MISSING', eventId: 1, message: 'entries 1 to 8 are missing' })
  })

  test('two that changed places', async () => {
    for (const [from, to] of [
      [5, 100],
      [6, 5],
      [100, 6],
    ] as const) {
      await db.prisma.auditEvent.update({ where: { id: from }, data: { id: to } })
    }
    expect((await verifyAudit({ db }, systemPrincipal, null)).problem).toMatchObject({ kind: 'REORDERED', eventId: 5 })
  })

  test('one taken away, and those behind it moved up', async () => {
    await db.prisma.auditEvent.delete({ where: { id: 5 } })
    for (const id of [6, 7, 8]) await db.prisma.auditEvent.update({ where: { id }, data: { id: id - 1 } })
    expect((await verifyAudit({ db }, systemPrincipal, null)).problem).toMatchObject({ kind: 'REPLACED', eventId: 4 })
  })

  test('one put behind the head', async () => {
    const { id: _, ...event } = await db.prisma.auditEvent.findUniqueOrThrow({ where: { id: 8 } })
    await db.prisma.auditEvent.create({ data: { ...event, id: 9 } })
    expect((await verifyAudit({ db }, systemPrincipal, null)).problem).toMatchObject({ kind: 'ADDED', eventId: 9 })
    await append(10)
    expect((await verifyAudit({ db }, systemPrincipal, null)).problem).toMatchObject({ kind: 'REORDERED', eventId: 9 })
  })

  test('another head, or none', async () => {
    await db.prisma.auditHead.update({ where: { id: 1 }, data: { hash: 'f'.repeat(64) } })
    expect((await verifyAudit({ db }, systemPrincipal, null)).problem).toMatchObject({ kind: 'HEAD', eventId: 8 })
    await db.prisma.auditHead.deleteMany()
    expect((await verifyAudit({ db }, systemPrincipal, null)).problem).toMatchObject({ kind: 'ADDED', eventId: 1 })
  })
})

describe('what only a head that was noted elsewhere shows', () => {
  test('the newest events taken away, and the head set back', async () => {
    const anchor = await noteHead()
    await db.prisma.auditEvent.deleteMany({ where: { id: { gt: 6 } } })
    const { hash } = await db.prisma.auditEvent.findUniqueOrThrow({ where: { id: 6 } })
    await db.prisma.auditHead.update({ where: { id: 1 }, data: { eventId: 6, hash } })
    expect((await verifyAudit({ db }, systemPrincipal, null)).problem).toBeNull()
    expect((await verifyAudit({ db }, systemPrincipal, anchor)).problem).toMatchObject({ kind: 'ANCHOR', eventId: 8 })
    // Also when others have come in their place.
    await append(7)
    await append(8)
    expect((await verifyAudit({ db }, systemPrincipal, anchor)).problem).toMatchObject({ kind: 'ANCHOR', eventId: 8 })
  })

  test('an event changed, and all behind it written anew', async () => {
    const [old, anchor] = [await findAuditEvent(db, 4), await noteHead()]
    await db.prisma.auditEvent.update({ where: { id: 5 }, data: { actor: 'nobody' } })
    await rechain(5, 8)
    expect((await verifyAudit({ db }, systemPrincipal, null)).problem).toBeNull()
    expect((await verifyAudit({ db }, systemPrincipal, anchor)).problem).toMatchObject({ kind: 'ANCHOR', eventId: 8 })
    // What was noted before the event that was changed says nothing of it.
    expect((await verifyAudit({ db }, systemPrincipal, { eventId: 4, hash: old?.hash ?? '' })).problem).toBeNull()
  })

  test('nothing, while the trail only grows', async () => {
    const anchor = await noteHead()
    await append(9)
    expect((await verifyAudit({ db }, systemPrincipal, anchor)).problem).toBeNull()
  })
})

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database, SqlTransaction } from './engine/database'
import { openTestDatabase } from '@/lib/testing/test-database'
import { addToOutbox } from './outbox'
import { readOutboxPage, takeOutboxPage } from './outbox-readers'

/*
 * Ids of the outbox are given out before their transactions end: what is committed late has a low id.
 */

let db: Database
let close: () => Promise<void>

beforeAll(async () => ({ db, close } = await openTestDatabase()))
afterAll(() => close())
beforeEach(async () => {
  await db.prisma.outboxEvent.deleteMany()
  await db.prisma.outboxReader.deleteMany()
})

const repository = { id: 'crr-1', instanceId: 'cri-1', path: 'test/example' }
const add = (tx: SqlTransaction, digest: string) => addToOutbox(tx, repository, { kind: 'BLOB_DELETED', digest })
const commit = (digest: string) => db.sqlTransaction((tx) => add(tx, digest))

/** A transaction that has added an event, and ends when it is told to. */
async function begin(digest: string | null) {
  let finish: (how: 'commit' | 'roll back') => void = () => undefined
  const told = new Promise<'commit' | 'roll back'>((resolve) => (finish = resolve))
  let begun: () => void = () => undefined
  const hasBegun = new Promise<void>((resolve) => (begun = resolve))
  const ended = db
    .sqlTransaction(async (tx) => {
      // Without an event it only has an id, like a long transaction of another database.
      if (digest === null) await tx.$queryRaw`SELECT pg_current_xact_id()::text AS "id"`
      else await add(tx, digest)
      begun()
      if ((await told) === 'roll back') throw new Error('roll back')
    })
    .catch(() => undefined)
  await hasBegun
  return async (how: 'commit' | 'roll back') => {
    finish(how)
    await ended
  }
}

/** Takes a page; returns the digests of its events. */
async function take(limit = 100, name = 'reader'): Promise<string[]> {
  const page = await readOutboxPage(db, name, limit)
  const state = page.after(page.events.length)
  if (state !== null) expect(await db.sqlTransaction((tx) => takeOutboxPage(tx, state))).toBe(true)
  return page.events.map(({ detail }) => (JSON.parse(detail ?? '') as { digest: string }).digest)
}

async function gaps(): Promise<number> {
  const { gaps: stored } = await db.prisma.outboxReader.findUniqueOrThrow({ where: { name: 'reader' } })
  return (JSON.parse(stored) as unknown[]).length
}

/** Takes nothing until so many gaps are left. Some wait for transactions of other tests, in other databases of the cluster. */
async function settle(count: number): Promise<void> {
  const left = async () => {
    expect(await take()).toEqual([])
    return gaps()
  }
  await expect.poll(left, { timeout: 30_000 }).toBe(count)
}

describe('a transaction that commits late', () => {
  test('is not passed over', async () => {
    await commit('a')
    const end = await begin('late')
    await commit('b')
    expect(await take()).toEqual(['a', 'b'])
    expect(await take()).toEqual([])
    await commit('c')
    expect(await take()).toEqual(['c'])
    await end('commit')
    await commit('d')
    expect(await take()).toEqual(['late', 'd'])
    await settle(0)
  })

  test('is not passed over although its transaction began after all that have ended', async () => {
    await commit('a')
    expect(await take()).toEqual(['a'])
    let end: Awaited<ReturnType<typeof begin>> | undefined
    await db.sqlTransaction(async (early) => {
      await early.$queryRaw`SELECT pg_current_xact_id()::text AS "id"`
      end = await begin('late')
      await add(early, 'b')
    })
    expect(await take()).toEqual(['b'])
    for (let looks = 0; looks < 3; looks += 1) expect(await take()).toEqual([])
    await end?.('commit')
    expect(await take()).toEqual(['late'])
    await settle(0)
  })

  test('is not passed over by pages that are full', async () => {
    const ends = []
    for (const digest of ['late 1', 'late 2', 'late 3']) {
      ends.push(await begin(digest))
      await commit(`after ${digest}`)
    }
    expect(await take(2)).toEqual(['after late 1', 'after late 2'])
    expect(await take(2)).toEqual(['after late 3'])
    for (const end of ends) await end('commit')
    expect(await take(2)).toEqual(['late 1', 'late 2'])
    expect(await take(2)).toEqual(['late 3'])
    await settle(0)
  })

  test('that is rolled back leaves a gap until all have ended that had begun before it was seen', async () => {
    await commit('a')
    expect(await take()).toEqual(['a'])
    await settle(0)
    const end = await begin('never')
    const other = await begin(null)
    await commit('b')
    expect(await take()).toEqual(['b'])
    await end('roll back')
    await settle(1)
    await other('commit')
    await settle(0)
  })
})

test('a gap of another cluster, whose transactions had higher ids, is forgotten', async () => {
  await commit('a')
  await take()
  await db.prisma.outboxReader.update({
    where: { name: 'reader' },
    data: { gaps: JSON.stringify([{ from: 1, to: 1, horizon: '9000000000000000' }]) },
  })
  await settle(0)
})

test('of two that have read the same page, one takes it', async () => {
  await commit('a')
  await take()
  await commit('b')
  const pages = [await readOutboxPage(db, 'reader', 10), await readOutboxPage(db, 'reader', 10)]
  const taken = []
  for (const page of pages) taken.push(await db.sqlTransaction((tx) => takeOutboxPage(tx, page.after(1) as never)))
  expect(taken).toEqual([true, false])
})

test('whoever waited for a lock comes after what held it, although its transaction began earlier', async () => {
  // Its id is lower than that of the one it waits for: an order by the ids of transactions would be wrong.
  await db.sqlTransaction(async (early) => {
    await early.$queryRaw`SELECT pg_current_xact_id()::text AS "id"`
    await commit('first')
    await add(early, 'second')
  })
  expect(await take()).toEqual(['first', 'second'])
})

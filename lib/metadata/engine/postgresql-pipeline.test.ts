import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type CommitMark, type DatabaseLocation, type FirstRow, type SqlTransaction, question } from './database'
import { type OpenDatabase, openDatabase } from './open-database'
import { createMigratedDatabase } from '@/lib/testing/test-database'

/*
 * Statements that are sent before the ones before them are answered: their failures are not lost, and what was read and
 * remembered is never older than it should be.
 */

let location: Extract<DatabaseLocation, { provider: 'postgresql' }>
let drop: () => Promise<void>
let db: OpenDatabase
let other: Client

beforeEach(async () => {
  const made = await createMigratedDatabase('')
  if (made.location.provider !== 'postgresql') throw new Error('these tests are PostgreSQL’s')
  ;({ location, drop } = { ...made, location: made.location })
  db = await openDatabase(location)
  other = new Client({ connectionString: location.url })
  await other.connect()
})
afterEach(async () => {
  await db.close()
  await other.end()
  await drop()
})

const put = (tx: SqlTransaction, name: string) => tx.$send`
  INSERT INTO "Lease" ("name", "holder", "expiresAt") VALUES (${name}, 'test', ${new Date()})`
const fail = (tx: SqlTransaction) => tx.$send`SELECT 1 / ${0}::integer`
const names = async () => {
  const rows = await db.read.$queryRaw<{ name: string }[]>`SELECT "name" FROM "Lease" ORDER BY "name"`
  return rows.map(({ name }) => name)
}

/** SQLSTATE of a division by zero. */
const failure = { code: 'UNAVAILABLE', cause: { code: '22012' } }

describe('a statement that is sent without waiting', () => {
  test('is in the transaction, in its place', async () => {
    const seen = await db.sqlTransaction(async (tx) => {
      await put(tx, 'a')
      const rows = await tx.$queryRaw<unknown[]>`SELECT 1 FROM "Lease"`
      await put(tx, 'b')
      return rows.length
    })
    expect(seen).toBe(1)
    expect(await names()).toEqual(['a', 'b'])
  })

  test.each<[string, (tx: SqlTransaction) => Promise<unknown>]>([
    ['the next statement', (tx) => tx.$queryRaw`SELECT 1`],
    ['the next statement, though nobody looks at it', (tx) => tx.$queryRaw`SELECT 1`.catch(() => undefined)],
    ['the end', () => Promise.resolve()],
    ['the end, after others that were sent', (tx) => put(tx, 'c')],
  ])('and fails, fails %s with its reason, and nothing is stored', async (_, then) => {
    const failed = db.sqlTransaction(async (tx) => {
      await put(tx, 'a')
      await fail(tx)
      await then(tx)
    })
    await expect(failed).rejects.toMatchObject(failure)
    expect(await names()).toEqual([])
    await db.sqlTransaction((tx) => put(tx, 'after'))
    expect(await names()).toEqual(['after'])
  })

  test('is undone with the others when the work fails', async () => {
    const error = new Error('of the work')
    const failed = db.sqlTransaction(async (tx) => {
      await put(tx, 'a')
      await fail(tx)
      throw error
    })
    await expect(failed).rejects.toBe(error)
    expect(await names()).toEqual([])
  })
})

const pidOfRead = async () => {
  const [row] = await db.inline.read.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS "pid"`
  return row?.pid
}

/**
 * Reads until nothing is new, and returns the mark since when. Without a pause: what is committed to any database of the
 * server is new, and other tests commit meanwhile.
 */
async function restOf(
  find: (mark?: CommitMark) => FirstRow<unknown> | null | Promise<FirstRow<unknown> | null>,
): Promise<CommitMark | undefined> {
  let mark: CommitMark | undefined
  await expect
    .poll(
      async () => {
        const found = await find(mark)
        mark = found?.mark ?? mark
        return found
      },
      { interval: 0, timeout: 30_000 },
    )
    .toBeNull()
  return mark
}

describe('reads that share a connection', () => {
  test('each has its own rows, or its own failure', async () => {
    const many = Array.from({ length: 50 }, (_, n) => n)
    const results = await Promise.allSettled(
      many.map((n) => db.inline.read.$queryRaw<{ n: number }[]>`SELECT ${n}::integer / ${n % 7}::integer AS "n"`),
    )
    for (const n of many) {
      const expected = n % 7 === 0 ? { reason: failure } : { value: [{ n: Math.trunc(n / (n % 7)) }] }
      expect(results[n], String(n)).toMatchObject(expected)
    }
    expect(new Set(await Promise.all(many.map(pidOfRead))).size).toBe(1)
  })

  test('go on over another one when theirs ends, and trust nothing that was read before', async () => {
    const find = (mark?: CommitMark) =>
      db.direct.firstSince<{ one: number }>(mark, question`SELECT 1 AS "one" WHERE ${'a'} = 'a'`)
    const mark = await restOf(find)
    const pid = await pidOfRead()
    await other.query('SELECT pg_terminate_backend($1, 5000)', [pid])
    await expect.poll(() => pidOfRead().catch(() => pid)).not.toBe(pid)
    // The snapshot is the same, and the server might be another one.
    expect(await find(mark)).toMatchObject({ row: { one: 1 } })
  })

  test('find what another server commits while nobody else does', async () => {
    const find = (mark?: CommitMark) =>
      db.direct.firstSince<{ name: string }>(mark, question`SELECT "name" FROM "Lease" WHERE "name" = ${'late'}`)
    await restOf(find)
    // Its transaction has had an id since before the mark was read.
    await other.query('BEGIN')
    await other.query(`INSERT INTO "Lease" ("name", "holder", "expiresAt") VALUES ('late', 'other', now())`)
    const mark = await restOf(find)
    await other.query('COMMIT')
    expect(await find(mark)).toMatchObject({ row: { name: 'late' } })
  })
})

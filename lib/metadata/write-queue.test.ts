import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import type { SqlDriverAdapter, SqlQuery } from '@prisma/driver-adapter-utils'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WriteQueue, statement } from './write-queue'

let folder: string
let connection: SqlDriverAdapter
let queue: WriteQueue
/** Statements that the queue itself sent, in order. */
let sent: string[]
/** What to do in place of the next COMMIT, once. */
let failCommit: (() => Promise<void>) | null

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stele-queue-'))
  connection = await new PrismaBetterSqlite3({ url: path.join(folder, 'queue.db') }).connect()
  await connection.executeScript('PRAGMA journal_mode=WAL; CREATE TABLE t (name TEXT PRIMARY KEY);')
  sent = []
  failCommit = null
  queue = new WriteQueue({
    provider: 'sqlite',
    adapterName: 'recording',
    queryRaw: (query: SqlQuery) => connection.queryRaw(query),
    async executeRaw(query: SqlQuery) {
      sent.push(query.sql)
      if (query.sql === 'COMMIT' && failCommit !== null) {
        const fail = failCommit
        failCommit = null
        await fail()
        throw new Error('disk full')
      }
      return connection.executeRaw(query)
    },
  })
})
afterEach(async () => {
  await connection.dispose()
  await rm(folder, { recursive: true, force: true })
})

/** One unit that inserts `name` and is then kept or undone. */
async function insert(name: string, keep = true): Promise<void> {
  const unit = await queue.begin()
  await connection.executeRaw(statement(`INSERT INTO t VALUES ('${name}')`))
  await setImmediate()
  await (keep ? unit.commit() : unit.rollback())
}

async function names(): Promise<unknown[]> {
  const { rows } = await connection.queryRaw(statement('SELECT name FROM t ORDER BY name'))
  return rows.flat()
}

function commits(): number {
  return sent.filter((sql) => sql === 'COMMIT').length
}

describe('the write queue', () => {
  test('units that wait for each other share a commit; one that comes alone has its own', async () => {
    await insert('alone')
    expect(commits()).toBe(1)
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => insert(name)))
    expect(commits()).toBe(2)
    expect(await names()).toEqual(['a', 'alone', 'b', 'c', 'd'])
  })

  test('what one unit undoes, its neighbours keep', async () => {
    await Promise.all([insert('a'), insert('b', false), insert('c')])
    expect(await names()).toEqual(['a', 'c'])
  })

  test('nobody is answered before the commit, whether kept or undone', async () => {
    const commitsAtAnswer = await Promise.all(
      [insert('a'), insert('b', false), insert('c')].map(async (unit) => {
        await unit
        return commits()
      }),
    )
    expect(commitsAtAnswer).toEqual([1, 1, 1])
  })

  test('a failed commit fails all of its units, leaves nothing of them, and the next one succeeds', async () => {
    failCommit = () => Promise.resolve()
    const outcomes = await Promise.allSettled([insert('a'), insert('b'), insert('c', false)])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(await names()).toEqual([])
    await insert('d')
    expect(await names()).toEqual(['d'])
  })

  test('when SQLite rolls back by itself in the middle, nothing of the commit is acknowledged or there', async () => {
    const first = insert('a')
    const second = queue.begin().then(async (unit) => {
      await connection.executeRaw(statement('ROLLBACK'))
      await unit.commit()
    })
    const outcomes = await Promise.allSettled([first, second])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await names()).toEqual([])
    await insert('b')
    expect(await names()).toEqual(['b'])
  })

  test('a commit has a bounded number of units', async () => {
    await Promise.all(Array.from({ length: 100 }, (_, index) => insert(`n${index}`)))
    expect(commits()).toBeGreaterThanOrEqual(4)
    expect(await names()).toHaveLength(100)
  })
})

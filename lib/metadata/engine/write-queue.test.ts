import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type WriteConnection, WriteQueue } from './write-queue'

let folder: string
let connection: Sqlite.Database
let other: Sqlite.Database
let queue: WriteQueue
let first: WriteConnection
let second: WriteConnection
/** Statements that the queue itself sent, in order. */
let sent: string[]
/** What to do in place of the next COMMIT, once. */
let failCommit: (() => void) | null

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stele-queue-'))
  connection = new Sqlite(path.join(folder, 'queue.db'))
  connection.exec('PRAGMA journal_mode=WAL; CREATE TABLE t (name TEXT PRIMARY KEY);')
  // It never waits: a lock that the queue did not keep free for it is an error at once.
  other = new Sqlite(path.join(folder, 'queue.db'), { timeout: 0 })
  sent = []
  failCommit = null
  queue = new WriteQueue()
  first = recording(connection)
  second = recording(other)
})
afterEach(async () => {
  connection.close()
  other.close()
  await rm(folder, { recursive: true, force: true })
})

function recording(database: Sqlite.Database): WriteConnection {
  return {
    run(sql) {
      sent.push(sql)
      if (sql === 'COMMIT' && failCommit !== null) {
        const fail = failCommit
        failCommit = null
        fail()
        throw new Error('disk full')
      }
      database.exec(sql)
    },
    setSynced(isSynced) {
      sent.push(isSynced ? 'synced' : 'not synced')
    },
  }
}

/** One unit that inserts `name` and is then kept or undone. */
async function insert(name: string, keep = true, on: 'first' | 'second' = 'first'): Promise<void> {
  const unit = await queue.begin(on === 'first' ? first : second)
  ;(on === 'first' ? connection : other).exec(`INSERT INTO t VALUES ('${name}')`)
  await setImmediate()
  await (keep ? unit.commit() : unit.rollback())
}

function names(): unknown[] {
  return connection.prepare('SELECT name FROM t ORDER BY name').pluck().all()
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
    expect(names()).toEqual(['a', 'alone', 'b', 'c', 'd'])
  })

  test('what one unit undoes, its neighbours keep', async () => {
    await Promise.all([insert('a'), insert('b', false), insert('c')])
    expect(names()).toEqual(['a', 'c'])
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
    failCommit = () => {}
    const outcomes = await Promise.allSettled([insert('a'), insert('b'), insert('c', false)])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(names()).toEqual([])
    await insert('d')
    expect(names()).toEqual(['d'])
  })

  test('when SQLite rolls back by itself in the middle, nothing of the commit is acknowledged or there', async () => {
    const kept = insert('a')
    const broken = queue.begin(first).then(async (unit) => {
      connection.exec('ROLLBACK')
      await unit.commit()
    })
    const outcomes = await Promise.allSettled([kept, broken])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(names()).toEqual([])
    await insert('b')
    expect(names()).toEqual(['b'])
  })

  test('a commit has a bounded number of units', async () => {
    await Promise.all(Array.from({ length: 100 }, (_, index) => insert(`n${index}`)))
    expect(commits()).toBeGreaterThanOrEqual(4)
    expect(names()).toHaveLength(100)
  })

  test('units that take long let the event loop turn in between', async () => {
    const longMs = 30
    const events: string[] = []
    const slow = async (name: string) => {
      const unit = await queue.begin(first)
      // What a synchronous statement does.
      for (const start = performance.now(); performance.now() - start < longMs;);
      events.push(name)
      await unit.commit()
    }
    const units = [slow('a'), slow('b'), slow('c')]
    const turns = (async () => {
      for (let turn = 0; turn < 6; turn++) events.push(await setImmediate('turn'))
    })()
    await Promise.all([...units, turns])
    expect(events.join(' ')).toMatch(/a( turn)+ b( turn)+ c/)
  })

  test('a unit that may be lost commits at once and unsynced, and shares the commit of one that may not', async () => {
    const insertLosable = async (name: string) => {
      const unit = await queue.begin(first, { mayBeLost: true })
      connection.exec(`INSERT INTO t VALUES ('${name}')`)
      await unit.commit()
    }
    await Promise.all([insertLosable('a'), insertLosable('b')])
    const alone = ['not synced', 'BEGIN IMMEDIATE', 'SAVEPOINT unit_1', 'RELEASE unit_1', 'COMMIT']
    expect(sent).toEqual([...alone, ...alone])
    sent.length = 0
    await Promise.all([insert('c'), insertLosable('d'), insert('e')])
    expect(sent.filter((text) => /^[a-zC]/.test(text))).toEqual(['synced', 'COMMIT'])
    expect(names()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('work that runs alone finds no transaction, and fails nobody else', async () => {
    const alone = queue.alone(() => {
      expect(other.inTransaction || connection.inTransaction).toBe(false)
      // Nobody else has the lock.
      other.exec("BEGIN IMMEDIATE; INSERT INTO t VALUES ('alone'); COMMIT")
      return Promise.reject(new Error('of the work'))
    })
    const units = [insert('a'), insert('b')]
    await expect(alone).rejects.toThrow('of the work')
    await Promise.all(units)
    failCommit = () => {}
    const outcomes = await Promise.allSettled([insert('c'), queue.alone(() => Promise.resolve('done')), insert('d')])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect(names()).toEqual(['a', 'alone', 'b', 'd'])
  })

  test('units of two connections take turns, each commit of one connection', async () => {
    const units = ['first', 'first', 'second', 'second', 'first'] as const
    await Promise.all(units.map((on, index) => insert(`n${index}`, true, on)))
    expect(names()).toEqual(['n0', 'n1', 'n2', 'n3', 'n4'])
    expect(commits()).toBe(3)
  })

  test('a commit that fails because another connection wants to write fails its own units only', async () => {
    failCommit = () => {}
    const outcomes = await Promise.allSettled([insert('a'), insert('b', true, 'second')])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(names()).toEqual(['b'])
  })
})

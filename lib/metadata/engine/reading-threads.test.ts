import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '@/lib/domain/errors'
import { checkedInMigrations, openTestDatabase } from '@/lib/testing/test-database'
import { Prisma } from '../generated/sqlite/client'
import { migrate } from './migrate'
import type { OpenDatabase } from './open-database'
import { type Reader, type Reading, ReadingThread, type ThreadAnswer } from './reading-thread'
import { type ReadingLimits, ReadingThreads } from './reading-threads'

/** Counts to a number: 100,000 take about 15 ms. */
const countTo = (max: number) =>
  Prisma.sql`WITH RECURSIVE n("i") AS (SELECT 1 UNION ALL SELECT "i" + 1 FROM n WHERE "i" < ${max}) SELECT count(*) AS "count" FROM n`

const reading = (text: string): Reading & { readonly kind: 'sql' } => ({ kind: 'sql', text, values: [] })

const unavailable = { code: 'UNAVAILABLE' }

/** How nice each thread of this process is (proc(5): field 19 of `stat`), by its id. */
async function nicenessOfThreads(): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  for (const id of await readdir('/proc/self/task')) {
    const stat = await readFile(`/proc/self/task/${id}/stat`, 'utf8').catch(() => null)
    // The name, in brackets, may have spaces; after it comes the third field.
    const niceness = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19 - 3]
    if (niceness !== undefined) found.set(id, Number(niceness))
  }
  return found
}

/** Notes the order in which reads are answered. */
const note = (order: string[], name: string, read: Promise<unknown>) => read.then(() => order.push(name))

describe('a database that reads on threads', () => {
  let db: OpenDatabase
  let folder: string
  let close: () => Promise<void>

  beforeEach(async () => ({ db, folder, close } = await openTestDatabase()))
  afterEach(() => close())

  test.skipIf(process.platform !== 'linux')('a thread that reads gives way to the others of the process', async () => {
    const before = await nicenessOfThreads()
    await db.read.$queryRaw`SELECT 1`
    const started = [...(await nicenessOfThreads())].filter(([id]) => !before.has(id))
    const own = Math.max(...before.values())
    expect(started.filter(([, niceness]) => niceness > own)).toHaveLength(1)
  })

  test('a slow read keeps nobody waiting who reads inline, in a transaction or on the other thread', async () => {
    const order: string[] = []
    await Promise.all([
      note(order, 'slow', db.read.$queryRaw(countTo(3_000_000))),
      note(order, 'inline', db.inline.read.$queryRaw`SELECT 1`),
      note(
        order,
        'write',
        db.transaction((tx) => tx.prisma.user.deleteMany()),
      ),
      note(order, 'sql', db.read.$queryRaw`SELECT 1`),
      note(order, 'model', db.prisma.user.count()),
    ])
    expect(order.at(-1)).toBe('slow')
  })

  test('a read sees what was committed before it, in SQL and through the models', async () => {
    for (let round = 1; round <= 50; round++) {
      const name = `user-${round}`
      const insert = Prisma.sql`INSERT INTO "User" ("id", "name", "role") VALUES (${name}, ${name}, 'MEMBER')`
      await (round % 2 ? db.sqlTransaction((tx) => tx.$executeRaw(insert)) : db.prisma.$executeRaw(insert))
      const [row] = await db.read.$queryRaw<{ count: number }[]>`SELECT count(*) AS "count" FROM "User"`
      expect(row?.count).toBe(round)
      expect(await db.prisma.user.count()).toBe(round)
    }
  })

  test('values come from a thread as they come without one, in SQL and through the models', async () => {
    const now = new Date('2026-11-22T10:20:30.456Z')
    const at = { createdAt: now, updatedAt: now }
    const content = new Uint8Array([0, 1, 254, 255])
    await db.transaction(async ({ prisma }) => {
      await prisma.blob.create({ data: { digest: 'sha256:a', sizeBytes: 4_000_000_000n, createdAt: now, seenAt: now } })
      const instance = { id: 'cri-1', name: 'example', regionId: 'cn-hangzhou', specification: 'Enterprise_Basic' }
      await prisma.instance.create({ data: { ...instance, ...at, isDefault: true } })
      const namespace = { id: 'crn-1', instanceId: 'cri-1', name: 'test', autoCreateRepository: false } as const
      await prisma.namespace.create({ data: { ...namespace, ...at, defaultRepositoryType: 'PRIVATE' } })
      await prisma.repository.create({
        data: {
          ...{ id: 'crr-1', instanceId: 'cri-1', namespaceId: 'crn-1', name: 'example', path: 'test/example' },
          ...{ type: 'PUBLIC', summary: 'ü€', description: '', ...at, updatedBy: 'admin' },
        },
      })
      const manifest = { repositoryId: 'crr-1', digest: 'sha256:a', mediaType: 'x/y', content, sizeBytes: 4 }
      const facts = { platforms: '', pushedBy: 'admin', createdAt: now, seenAt: now }
      await prisma.manifest.create({ data: { ...manifest, ...facts, totalSizeBytes: 9_007_199_254_740_991n } })
    })
    for (const table of ['Instance', 'Blob', 'Manifest', 'Repository']) {
      const all = Prisma.sql`SELECT *, 1.5 AS "real", NULL AS "nothing", ${now} AS "given", ${true} AS "flag"
        FROM ${Prisma.raw(`"${table}"`)}`
      const inline = await db.inline.read.$queryRaw<unknown[]>(all)
      expect(inline).toHaveLength(1)
      expect(await db.read.$queryRaw(all)).toStrictEqual(inline)
    }
    const everything = { namespaces: { include: { repositories: { include: { manifests: true } } } } }
    const inTransaction = await db.transaction((tx) => tx.prisma.instance.findMany({ include: everything }))
    expect(inTransaction[0]?.namespaces[0]?.repositories[0]?.manifests[0]?.content).toStrictEqual(content)
    expect(await db.prisma.instance.findMany({ include: everything })).toStrictEqual(inTransaction)
    expect(await db.prisma.blob.findMany()).toStrictEqual(await db.transaction((tx) => tx.prisma.blob.findMany()))
  })

  test('a failure is UNAVAILABLE, with nothing of the database’s text, in SQL and through the models', async () => {
    const failure = { ...unavailable, message: expect.not.stringContaining('Nothing') as string }
    await expect(db.read.$queryRaw`SELECT * FROM "Nothing"`).rejects.toMatchObject(failure)
    await expect(db.prisma.$queryRaw`SELECT * FROM "Nothing"`).rejects.toMatchObject(failure)
  })

  test('a statement that takes too long fails, and another thread reads while it still runs', async () => {
    const file = path.join(folder, 'stele.db')
    const threads = new ReadingThreads((onEnd) => new ReadingThread(file, onEnd), { threads: 1, timeoutMs: 2000 })
    const { sql: text, values } = countTo(60_000_000)
    await expect(threads.read({ kind: 'sql', text, values })).rejects.toMatchObject(unavailable)
    expect(await threads.read(reading('SELECT 1 AS "one"'))).toMatchObject({ rows: [[1]] })
    await threads.close()
  })

  test('a thread that ends fails its statement only; the next has a new one', async () => {
    const elsewhere = await mkdtemp(path.join(tmpdir(), 'stele-test-'))
    const file = path.join(elsewhere, 'stele.db')
    const threads = new ReadingThreads((onEnd) => new ReadingThread(file, onEnd))
    await expect(threads.read(reading('SELECT 1'))).rejects.toMatchObject(unavailable)
    await migrate({ provider: 'sqlite', file }, checkedInMigrations)
    expect(await threads.read(reading('SELECT 1'))).toMatchObject({ rows: [[1]] })
    await threads.close()
    await rm(elsewhere, { recursive: true })
  })
})

/** A thread whose statements end when the test says so. */
class FakeThread implements Reader {
  isIdle = true
  isStopped = false
  text = ''
  readonly #onEnd: () => void
  #settle: (answer: ThreadAnswer | null) => void = () => {}

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd
  }

  read(asked: Reading): Promise<ThreadAnswer> {
    this.isIdle = false
    this.text = asked.kind === 'sql' ? asked.text : ''
    return new Promise((resolve, reject) => {
      this.#settle = (answer) => {
        this.isIdle = true
        if (answer === null) reject(new AppError('UNAVAILABLE'))
        else resolve(answer)
      }
    })
  }

  stop(): void {
    this.isStopped = true
  }

  /** Ends the statement; the text is its answer. */
  async answer(tookMs = 1): Promise<void> {
    this.#settle({ answer: this.text, tookMs })
    await setImmediate()
  }

  async end(): Promise<void> {
    this.#onEnd()
    this.#settle(null)
    await setImmediate()
  }
}

describe('the threads', () => {
  let started: FakeThread[] = []
  beforeEach(() => {
    started = []
  })

  function open(limits: Partial<ReadingLimits> = {}): ReadingThreads {
    return new ReadingThreads((onEnd) => {
      const thread = new FakeThread(onEnd)
      started.push(thread)
      return thread
    }, limits)
  }

  /** What runs, by thread; null for an idle one. */
  const running = () => started.map(({ isIdle, text }) => (isIdle ? null : text))

  test('start when there is something to read, and no more than allowed', async () => {
    const threads = open({ threads: 2 })
    expect(started).toHaveLength(0)
    const order: string[] = []
    const reads = ['a', 'b', 'c'].map((name) => note(order, name, threads.read(reading(name))))
    expect(running()).toEqual(['a', 'b'])
    await started[1]?.answer()
    expect(running()).toEqual(['a', 'c'])
    await started[1]?.answer()
    await started[0]?.answer()
    await Promise.all(reads)
    expect(order).toEqual(['b', 'c', 'a'])
    void threads.read(reading('d'))
    expect(running()).toEqual(['d', null])
  })

  test('a statement that was slow the last time never gets the last free thread', async () => {
    const threads = open({ threads: 2 })
    const ask = (...names: string[]) => names.forEach((name) => void threads.read(reading(name)))
    ask('slow')
    await started[0]?.answer(1000)
    ask('slow', 'slow', 'quick')
    expect(running()).toEqual(['slow', 'quick'])
    await started[1]?.answer()
    expect(running()).toEqual(['slow', null])
    ask('quick')
    expect(running()).toEqual(['slow', 'quick'])
    await started[0]?.answer()
    expect(running()).toEqual(['slow', 'quick'])
    // It was quick this time.
    await started[0]?.answer()
    await started[1]?.answer()
    ask('slow', 'slow')
    expect(running()).toEqual(['slow', 'slow'])
  })

  test('the one thread of a pool reads what is slow, too', async () => {
    const threads = open({ threads: 1 })
    void threads.read(reading('slow'))
    await started[0]?.answer(1000)
    void threads.read(reading('slow'))
    expect(running()).toEqual(['slow'])
  })

  test('when too many statements wait, more are refused', async () => {
    const threads = open({ threads: 1, waitingMax: 2 })
    const accepted = ['a', 'b', 'c'].map((name) => threads.read(reading(name)))
    await expect(threads.read(reading('d'))).rejects.toMatchObject(unavailable)
    for (let count = 0; count < accepted.length; count++) await started[0]?.answer()
    expect(await Promise.all(accepted)).toEqual(['a', 'b', 'c'])
  })

  test('those given up are stopped and replaced, two at a time; what waits longer than its time fails', async () => {
    const threads = open({ threads: 1, timeoutMs: 10 })
    for (let count = 0; count < 3; count++) {
      await expect(threads.read(reading('endless'))).rejects.toMatchObject(unavailable)
    }
    expect(started.map(({ isStopped }) => isStopped)).toEqual([true, true, true])
    await expect(threads.read(reading('waits'))).rejects.toMatchObject(unavailable)
    expect(started).toHaveLength(3)
    await started[0]?.end()
    void threads.read(reading('next'))
    expect(running()).toEqual([null, 'endless', 'endless', 'next'])
    await started[3]?.answer()
  })

  test('one that ends fails what it runs; what waits goes to a new one', async () => {
    const threads = open({ threads: 1 })
    const lost = threads.read(reading('lost'))
    const kept = threads.read(reading('kept'))
    const failed = expect(lost).rejects.toMatchObject(unavailable)
    await started[0]?.end()
    await failed
    await started[1]?.answer()
    expect(await kept).toBe('kept')
  })

  test('the end waits for what was asked for, refuses what comes later, and stops them', async () => {
    const threads = open({ threads: 1 })
    const order: string[] = []
    const reads = ['a', 'b'].map((name) => note(order, name, threads.read(reading(name))))
    const closed = note(order, 'closed', threads.close())
    await expect(threads.read(reading('c'))).rejects.toMatchObject(unavailable)
    await started[0]?.answer()
    expect(started[0]?.isStopped).toBe(false)
    await started[0]?.answer()
    await Promise.all([...reads, closed])
    expect(order).toEqual(['a', 'b', 'closed'])
    expect(started[0]?.isStopped).toBe(true)
  })
})

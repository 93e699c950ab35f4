import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createMigratedDatabase } from '@/lib/testing/test-database'
import { CheckpointThread, type WriteAheadLog } from './checkpoint-thread'
import { type Checkpointer, Checkpoints } from './checkpoints'
import { type OpenDatabase, openDatabase } from './open-database'

const mebibyte = 1024 * 1024

/** Long enough for a busy disk. */
const waiting = { timeout: 20_000, interval: 20 }

let folder: string
let file: string
let db: OpenDatabase
let outside: Sqlite.Database

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stele-checkpoints-'))
  const { location } = await createMigratedDatabase(folder)
  if (location.provider !== 'sqlite') throw new Error('these tests are about SQLite')
  file = location.file
  db = await openDatabase(location)
  outside = new Sqlite(file)
})
afterEach(async () => {
  outside.close()
  await db.close()
  await rm(folder, { recursive: true, force: true })
})

/** One commit that changes at least `bytes` of pages. */
async function write(bytes: number): Promise<void> {
  await db.sqlTransaction(
    (tx) => tx.$executeRaw`
    INSERT INTO "Instance" ("id", "regionId", "name", "specification", "isDefault", "updatedAt")
    VALUES (hex(randomblob(8)), 'r', hex(randomblob(${Math.ceil(bytes / 2)})), 'Enterprise_Basic', false, '')`,
  )
}

/** SQLite's log as another process finds it. */
function readLog(): WriteAheadLog {
  const [row] = outside.pragma('wal_checkpoint(NOOP)') as { log: number; checkpointed: number; busy: number }[]
  return { pages: row?.log ?? 0, copied: row?.checkpointed ?? 0, isBusy: row?.busy === 1 }
}

function logBytes(): number {
  return statSync(`${file}-wal`).size
}

function countInstances(): number {
  return outside.prepare('SELECT count(*) FROM "Instance"').pluck().get() as number
}

describe('checkpoints of SQLite', () => {
  const large = 8 * mebibyte
  test.each([
    ['SQL', () => write(large)],
    ['the models', () => db.prisma.user.create({ data: { id: 'u', name: 'x'.repeat(large), role: 'MEMBER' } })],
  ])('a commit of %s copies nothing; a thread does so afterwards', async (_, commit) => {
    await commit()
    const log = readLog()
    expect(log.pages).toBeGreaterThan(2_000)
    expect(log.copied).toBe(0)
    await vi.waitFor(() => expect(readLog().copied).toBe(readLog().pages), waiting)
    expect(statSync(file).size).toBeGreaterThan(large)
  })

  test('the log stays bounded while somebody always writes and somebody always reads', async () => {
    let isOver = false
    const readers = [1, 2].map(async () => {
      while (!isOver) await db.read.$queryRaw`SELECT sum(length("name")) FROM "Instance"`
    })
    let largest = 0
    for (let written = 0; written < 300 * mebibyte; written += mebibyte) {
      await write(mebibyte)
      largest = Math.max(largest, logBytes())
      await db.sqlTransaction((tx) => tx.$executeRaw`DELETE FROM "Instance"`)
    }
    isOver = true
    await Promise.all(readers)
    expect(largest).toBeLessThan(128 * mebibyte)
  })

  test('a reader of an old state is not kept waiting, nor are writers; the log begins anew when it ends', async () => {
    await write(1)
    const reader = new Sqlite(file, { readonly: true })
    reader.exec('BEGIN; SELECT * FROM "Instance"')
    for (let round = 0; round < 24; round++) await write(mebibyte)
    await setTimeout(200)
    await write(1)
    expect(readLog().pages).toBeGreaterThan(6_000)
    expect(logBytes()).toBeGreaterThan(24 * mebibyte)
    expect(reader.prepare('SELECT count(*) FROM "Instance"').pluck().get()).toBe(1)
    reader.close()
    await vi.waitFor(async () => {
      await write(1)
      expect(readLog().pages).toBeLessThan(1_000)
    }, waiting)
    expect(logBytes()).toBeLessThanOrEqual(16 * mebibyte)
    expect(countInstances()).toBeGreaterThan(25)
  })

  test('a thread that fails is replaced', async () => {
    const modes: string[] = []
    let started = 0
    const start = (): Checkpointer => {
      started += 1
      const thread = new CheckpointThread(file, 20)
      if (started > 1) return thread
      return { run: () => Promise.reject(new Error('disk I/O error')), stop: () => thread.stop() }
    }
    const checkpoints = new Checkpoints(file, start, async (work) => {
      modes.push('alone')
      await work()
    })
    // The database's own would be first.
    await db.close()
    db = await openDatabase({ provider: 'sqlite', file })
    outside.pragma('wal_autocheckpoint = 0')
    outside.exec(`CREATE TABLE big AS SELECT randomblob(${20 * mebibyte}) AS bytes`)
    await vi.waitFor(() => {
      checkpoints.noteCommit()
      expect(readLog().copied).toBe(readLog().pages)
      expect(modes).toEqual(['alone'])
    }, waiting)
    expect(started).toBe(2)
    await checkpoints.close()
  })

  test('SQLite is one that may copy and write at the same moment', () => {
    // Before, the log could be corrupted: https://www.sqlite.org/wal.html#walresetbug
    const version = outside.prepare('SELECT sqlite_version()').pluck().get() as string
    expect('3.51.3'.localeCompare(version, 'en', { numeric: true })).toBeLessThanOrEqual(0)
  })

  test('a small database starts no thread', async () => {
    const start = vi.fn<() => Checkpointer>()
    const checkpoints = new Checkpoints(file, start, (work) => work())
    await write(1)
    checkpoints.noteCommit()
    await setTimeout(100)
    await checkpoints.close()
    expect(start).not.toHaveBeenCalled()
  })

  test('a process that is killed while pages are copied has lost nothing that it had acknowledged', async () => {
    await db.close()
    for (let round = 0; round < 3; round++) {
      const before = outside.prepare('SELECT count(*) FROM "User"').pluck().get() as number
      const acknowledged = await writeElsewhereUntilKilled(before)
      expect(acknowledged).toBeGreaterThan(before)
      expect(outside.pragma('integrity_check', { simple: true })).toBe('ok')
      expect(outside.prepare('SELECT count(*) FROM "User"').pluck().get()).toBeGreaterThanOrEqual(acknowledged)
    }
    db = await openDatabase({ provider: 'sqlite', file })
  })
})

/** Another process adds users, with much content each, until it is killed; returns how many it had acknowledged. */
async function writeElsewhereUntilKilled(from: number): Promise<number> {
  const script = `
    import { openDatabase } from '${path.join(import.meta.dirname, 'open-database.ts')}'
    const db = await openDatabase({ provider: 'sqlite', file: ${JSON.stringify(file)} })
    for (let count = ${from}; ; count += 1) {
      await db.sqlTransaction((tx) => tx.$executeRaw\`INSERT INTO "User" ("id", "name", "role", "passwordHash")
        VALUES (\${String(count)}, \${String(count)}, 'MEMBER', hex(randomblob(300000)))\`)
      console.log(count + 1)
    }`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  let acknowledged = 0
  for await (const line of createInterface(child.stdout)) {
    acknowledged = Number(line)
    // Long enough for the log to begin anew; then at any moment.
    if (acknowledged > from + 60 + Math.random() * 30) child.kill('SIGKILL')
  }
  await ended
  return acknowledged
}

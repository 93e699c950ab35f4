import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { checkedInMigrations, createTestDatabase } from '@/lib/testing/test-database'
import { type CommitMark, type DatabaseLocation, question } from './database'
import { migrate } from './migrate'
import { type OpenDatabase, openDatabase } from './open-database'
import { openReadingDatabase } from './reading-database'

let location: DatabaseLocation
let db: OpenDatabase
let close: () => Promise<void>

beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'stele-test-'))
  const made = await createTestDatabase(folder)
  location = made.location
  await migrate(location, checkedInMigrations)
  db = await openDatabase(location)
  close = async () => {
    await db.close()
    await made.drop()
    await rm(folder, { recursive: true, force: true })
  }
})
afterAll(() => close())

const isSqlite = inject('provider') === 'sqlite'

function insert(name: string) {
  return { id: `cri-${name}`, name, regionId: 'cn-hangzhou', specification: 'Enterprise_Basic', isDefault: false }
}

function find(id: string, mark?: CommitMark, of: OpenDatabase = db) {
  return of.direct.firstSince<{ name: string; isDefault: boolean; createdAt: Date }>(
    mark,
    question`SELECT "name", "isDefault", "createdAt" FROM "Instance" WHERE "id" = ${id}`,
  )
}

/** Reads a row as `find`, and tells its mark. */
async function mark(of: OpenDatabase = db): Promise<CommitMark> {
  const found = await find('cri-one', undefined, of)
  if (found === null) throw new Error('an answer without a mark')
  return found.mark
}

test('the first row, in the shape of every other read, or undefined', async () => {
  await db.prisma.instance.create({ data: insert('one') })
  const found = await find('cri-one')
  expect(found?.row).toEqual({ name: 'one', isDefault: false, createdAt: expect.any(Date) as Date })
  expect((await find('cri-none'))?.row).toBeUndefined()
  expect(find('cri-one') instanceof Promise).toBe(!isSqlite)
})

test('a statement that fails is UNAVAILABLE', async () => {
  const failing = Promise.resolve().then(() => db.direct.firstSince(undefined, question`SELECT * FROM "NoSuchTable"`))
  await expect(failing).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect((await find('cri-one'))?.row).toBeDefined()
})

test('each commit, by any connection of any process, changes the mark, and nothing else does', async () => {
  let last = await mark()
  const hasChanged = async () => {
    const before = last
    const found = await find('cri-one', before)
    last = found?.mark ?? before
    return found !== null
  }
  /** On PostgreSQL, tests in other databases of the cluster change the mark too: what changes nothing does so at last. */
  const changesNothing = (work: () => Promise<unknown>) => {
    const tried = async () => {
      await hasChanged()
      await work()
      return hasChanged()
    }
    return expect.poll(tried, { timeout: 30_000 }).toBe(false)
  }
  await changesNothing(mark)

  await db.prisma.instance.create({ data: insert('by-model') })
  expect(await hasChanged()).toBe(true)
  await db.sqlTransaction((tx) => tx.$executeRaw`UPDATE "Instance" SET "version" = 2 WHERE "id" = 'cri-one'`)
  expect(await hasChanged()).toBe(true)
  await db.transaction((tx) => tx.prisma.instance.update({ where: { id: 'cri-one' }, data: { version: 3 } }))
  expect(await hasChanged()).toBe(true)
  await changesNothing(() =>
    expect(db.transaction(() => Promise.reject(new Error('undone')))).rejects.toThrow('undone'),
  )

  // Another process opens the database in the same way.
  const other = await openDatabase(location)
  try {
    await other.prisma.instance.create({ data: insert('by-another') })
    expect(await hasChanged()).toBe(true)
  } finally {
    await other.close()
  }
})

test('a process that only reads has the same mark and the same rows', async ({ skip }) => {
  if (location.provider !== 'sqlite') return skip('with PostgreSQL, all processes write')
  const reader = openReadingDatabase(location.file, () => Promise.resolve(null))
  try {
    const before = await mark(reader)
    await db.prisma.instance.create({ data: insert('for-reader') })
    expect(await find('cri-for-reader', before, reader)).toMatchObject({ row: { name: 'for-reader' } })
    expect(await mark(reader)).not.toBe(before)
  } finally {
    await reader.close()
  }
})

test('what is uncommitted changes neither the mark nor a row', async () => {
  const before = await mark()
  await db.transaction(async (tx) => {
    await tx.prisma.instance.create({ data: insert('open') })
    expect((await find('cri-open'))?.row).toBeUndefined()
    // PostgreSQL's mark may be another as soon as a later transaction has an id.
    if (isSqlite) expect(await mark()).toBe(before)
  })
  expect(await mark()).not.toBe(before)
  expect((await find('cri-open'))?.row).toBeDefined()
})

test('an open transaction that began before a mark changes it by its commit', async () => {
  let before: CommitMark = 0
  await db.transaction(async (tx) => {
    await tx.prisma.instance.create({ data: insert('slow') })
    if (!isSqlite) await db.prisma.instance.create({ data: insert('quick') })
    before = await mark()
  })
  expect(await find('cri-slow', before)).toMatchObject({ row: { name: 'slow' } })
})

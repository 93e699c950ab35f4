import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { checkedInMigrations, createTestDatabase } from '@/lib/testing/test-database'
import type { DatabaseLocation } from './database'
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
  db = openDatabase(location)
  close = async () => {
    await db.close()
    await made.drop()
    await rm(folder, { recursive: true, force: true })
  }
})
afterAll(() => close())

const isSqlite = inject('provider') === 'sqlite'

/** Why a test of the mark is skipped. */
const noMark = 'PostgreSQL has no number that changes with each commit: nothing read from it is kept'

function insert(name: string) {
  return { id: `cri-${name}`, name, regionId: 'cn-hangzhou', specification: 'Enterprise_Basic', isDefault: false }
}

function find(id: string) {
  return db.direct.first<{ isDefault: boolean; createdAt: Date }>`
    SELECT "isDefault", "createdAt" FROM "Instance" WHERE "id" = ${id}`
}

test('the first row, in the shape of every other read, or undefined', async () => {
  await db.prisma.instance.create({ data: insert('one') })
  const row = await find('cri-one')
  expect(row).toEqual({ isDefault: false, createdAt: expect.any(Date) as Date })
  expect(await find('cri-none')).toBeUndefined()
  expect(find('cri-one') instanceof Promise).toBe(!isSqlite)
})

test('a statement that fails is UNAVAILABLE', async () => {
  const failing = Promise.resolve().then(() => db.direct.first`SELECT * FROM "NoSuchTable"`)
  await expect(failing).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})

test('each commit, by any connection of any process, changes the mark, and nothing else does', async ({ skip }) => {
  if (!isSqlite) skip(noMark)
  const mark = () => db.direct.commitMark()
  let last = mark()
  expect(last).not.toBeNull()
  const hasChanged = () => {
    const before = last
    last = mark()
    return last !== before
  }
  expect(hasChanged()).toBe(false)
  await find('cri-one')
  expect(hasChanged()).toBe(false)

  await db.prisma.instance.create({ data: insert('by-model') })
  expect(hasChanged()).toBe(true)
  await db.sqlTransaction((tx) => tx.$executeRaw`UPDATE "Instance" SET "version" = 2 WHERE "id" = 'cri-one'`)
  expect(hasChanged()).toBe(true)
  await db.transaction((tx) => tx.prisma.instance.update({ where: { id: 'cri-one' }, data: { version: 3 } }))
  expect(hasChanged()).toBe(true)
  await expect(db.transaction(() => Promise.reject(new Error('undone')))).rejects.toThrow('undone')
  expect(hasChanged()).toBe(false)

  // Another process opens the file in the same way.
  const other = openDatabase(location)
  try {
    await other.prisma.instance.create({ data: insert('by-another') })
    expect(hasChanged()).toBe(true)
  } finally {
    await other.close()
  }
})

test('a process that only reads has the same mark and the same rows', async ({ skip }) => {
  if (location.provider !== 'sqlite') return skip(noMark)
  const reader = openReadingDatabase(location.file, () => Promise.resolve(null))
  try {
    const before = reader.direct.commitMark()
    await db.prisma.instance.create({ data: insert('for-reader') })
    expect(reader.direct.commitMark()).not.toBe(before)
    const row = reader.direct.first`SELECT "name" FROM "Instance" WHERE "id" = 'cri-for-reader'`
    expect(row).toEqual({ name: 'for-reader' })
  } finally {
    await reader.close()
  }
})

test('what is uncommitted changes neither the mark nor a row', async ({ skip }) => {
  if (!isSqlite) skip(noMark)
  const before = db.direct.commitMark()
  await db.transaction(async (tx) => {
    await tx.prisma.instance.create({ data: insert('open') })
    expect(db.direct.commitMark()).toBe(before)
    expect(find('cri-open')).toBeUndefined()
  })
  expect(db.direct.commitMark()).not.toBe(before)
  expect(find('cri-open')).toBeDefined()
})

test('a database has a mark exactly when it is SQLite', () => {
  expect(db.direct.commitMark() !== null).toBe(isSqlite)
})

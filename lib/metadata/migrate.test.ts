import { execFile } from 'node:child_process'
import { cp, mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { migrateSqlite } from './migrate'
import { sqliteMigrations } from './test-database'

let folder: string
let file: string
let migrations: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stele-migrate-'))
  file = path.join(folder, 'stele.db')
  migrations = path.join(folder, 'migrations')
  await cp(sqliteMigrations, migrations, { recursive: true })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function addMigration(name: string, sql: string) {
  await mkdir(path.join(migrations, name), { recursive: true })
  await writeFile(path.join(migrations, name, 'migration.sql'), sql)
}

function tables(): string[] {
  const db = new Sqlite(file, { readonly: true })
  try {
    return db.prepare<[], string>(`SELECT name FROM sqlite_master WHERE type = 'table'`).pluck().all()
  } finally {
    db.close()
  }
}

describe('migrateSqlite', () => {
  test('creates the database once', async () => {
    expect(await migrateSqlite(file, migrations)).not.toEqual([])
    expect(await migrateSqlite(file, migrations)).toEqual([])
    expect(tables()).toContain('Tag')
  })

  test('several processes that start at once apply each migration once', async () => {
    const script = `
      const { migrateSqlite } = await import(${JSON.stringify(path.resolve(import.meta.dirname, 'migrate.ts'))})
      process.stdout.write(JSON.stringify(await migrateSqlite(${JSON.stringify(file)}, ${JSON.stringify(migrations)})))`
    const start = () => promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script])
    const outputs = await Promise.all(Array.from({ length: 3 }, start))
    const applied = outputs.flatMap(({ stdout }) => JSON.parse(stdout) as string[])
    expect(applied).not.toEqual([])
    expect(applied).toHaveLength(new Set(applied).size)
  })

  test('a migration that fails half way leaves the database as it was', async () => {
    await migrateSqlite(file, migrations)
    await addMigration('99990101000000_bad', 'CREATE TABLE "Half" (id TEXT); CREATE TABLE "Tag" (id TEXT);')
    await expect(migrateSqlite(file, migrations)).rejects.toThrow(/Tag/)
    expect(tables()).not.toContain('Half')
  })

  test('refuses a database of a newer version', async () => {
    await addMigration('99990101000000_future', 'CREATE TABLE "Future" (id TEXT);')
    await migrateSqlite(file, migrations)
    await expect(migrateSqlite(file, sqliteMigrations)).rejects.toThrow(/newer version.*99990101000000_future/)
  })

  test('refuses a migration that was changed after it was applied', async () => {
    await addMigration('99990101000000_more', 'CREATE TABLE "More" (id TEXT);')
    await migrateSqlite(file, migrations)
    await addMigration('99990101000000_more', 'CREATE TABLE "Other" (id TEXT);')
    await expect(migrateSqlite(file, migrations)).rejects.toThrow(/99990101000000_more was changed/)
  })
})

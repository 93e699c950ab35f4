import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { inject } from 'vitest'
import type { DatabaseLocation } from '@/lib/metadata/engine/database'
import { type OpenDatabase, openDatabase } from '@/lib/metadata/engine/open-database'

declare module 'vitest' {
  interface ProvidedContext {
    /** The database that the tests of this project run on. */
    provider: DatabaseLocation['provider']
    /** A database of the test's cluster to connect to; null when PostgreSQL is not installed. */
    postgresqlUrl: string | null
    /** A migrated, empty database to copy: the file of SQLite, or the name of one in the test's cluster. */
    migrated: string
  }
}

/** The folder of the checked-in migrations, with a folder for each provider. */
export const checkedInMigrations = path.resolve(import.meta.dirname, '../../prisma')

/**
 * Opens a migrated, empty database for one test, of the test project's provider (vitest.config.ts), and a folder.
 * `close` removes both.
 */
export async function openTestDatabase(): Promise<{ db: OpenDatabase; folder: string; close: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stele-test-'))
  const { location, drop } = await createMigratedDatabase(folder)
  const db = await openDatabase(location)
  return {
    db,
    folder,
    async close() {
      await db.close()
      await drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A database of a test. `drop` removes it, unless it is in the test's folder. */
interface TestDatabase {
  readonly location: DatabaseLocation
  readonly drop: () => Promise<void>
}

/** Creates an empty database of the test project's provider. A SQLite database is in `folder`. */
export function createTestDatabase(folder: string): Promise<TestDatabase> {
  return inject('provider') === 'sqlite' ? Promise.resolve(sqliteIn(folder)) : createPostgresql('template1')
}

/**
 * Creates a database like `createTestDatabase`, with all migrations: a copy of a migrated one, because migrating takes
 * longer than most tests.
 */
export async function createMigratedDatabase(folder: string): Promise<TestDatabase> {
  if (inject('provider') === 'postgresql') return createPostgresql(inject('migrated'))
  const made = sqliteIn(folder)
  await copyFile(inject('migrated'), made.location.file, constants.COPYFILE_FICLONE)
  return made
}

function sqliteIn(folder: string) {
  const location = { provider: 'sqlite' as const, file: path.join(folder, 'stele.db') }
  return { location, drop: () => Promise.resolve() }
}

async function createPostgresql(template: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administer(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`)
  const url = new URL(postgresqlUrl())
  url.pathname = `/${name}`
  return {
    location: { provider: 'postgresql', url: url.href },
    // An interrupted test may have left connections.
    drop: () => administer(`DROP DATABASE ${name} WITH (FORCE)`),
  }
}

async function administer(sql: string): Promise<void> {
  const client = new Client({ connectionString: postgresqlUrl() })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

function postgresqlUrl(): string {
  const url = inject('postgresqlUrl')
  if (url === null) throw new Error('PostgreSQL is not installed')
  return url
}

import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { inject } from 'vitest'
import type { Database, DatabaseLocation } from '@/lib/metadata/engine/database'
import { openDatabase } from '@/lib/metadata/engine/open-database'
import { migrate } from '@/lib/metadata/engine/migrate'

declare module 'vitest' {
  interface ProvidedContext {
    /** The database that the tests of this project run on. */
    provider: DatabaseLocation['provider']
    /** A database of the test's cluster to connect to; null when PostgreSQL is not installed. */
    postgresqlUrl: string | null
  }
}

/** The folder of the checked-in migrations, with a folder for each provider. */
export const checkedInMigrations = path.resolve(import.meta.dirname, '../../prisma')

/**
 * Opens a migrated, empty database for one test, of the test project's provider (vitest.config.ts), and a folder.
 * `close` removes both.
 */
export async function openTestDatabase(): Promise<{ db: Database; folder: string; close: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stele-test-'))
  const { location, drop } = await createTestDatabase(folder)
  await migrate(location, checkedInMigrations)
  const db = openDatabase(location)
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

/** Creates an empty database of the test project's provider. A SQLite database is in `folder`. */
export async function createTestDatabase(
  folder: string,
): Promise<{ location: DatabaseLocation; drop: () => Promise<void> }> {
  if (inject('provider') === 'sqlite') {
    return { location: { provider: 'sqlite', file: path.join(folder, 'stele.db') }, drop: () => Promise.resolve() }
  }
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administer(`CREATE DATABASE ${name}`)
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

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
    /** A database of the test's cluster to connect to; null where PostgreSQL is not installed. */
    postgresqlUrl: string | null
  }
}

/** Where the checked-in migrations are, a folder for each provider. */
export const checkedInMigrations = path.resolve(import.meta.dirname, '../../prisma')

/**
 * A migrated, empty database of a test's own, of the provider that the test's project says (vitest.config.ts), and a
 * folder beside it. `close` removes both.
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

/** An empty database of the provider that the test's project says. A SQLite one is in `folder`. */
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
    // A test that was cut off may have left connections.
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

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Database, openDatabase } from './database'
import { migrateSqlite } from './migrate'

/** Where the checked-in SQLite migrations are. */
export const sqliteMigrations = path.resolve(import.meta.dirname, '../../prisma/sqlite/migrations')

/** A migrated, empty database of a test's own, in a folder that `close` removes. */
export async function openTestDatabase(): Promise<{ db: Database; folder: string; close: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stele-test-'))
  const file = path.join(folder, 'stele.db')
  await migrateSqlite(file, sqliteMigrations)
  const db = openDatabase(file)
  return {
    db,
    folder,
    async close() {
      await db.$disconnect()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

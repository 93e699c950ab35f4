import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import Sqlite from 'better-sqlite3'

// Prisma's own table, so that `prisma migrate deploy` and `status` understand a database of ours and the other way
// round (prisma-engines, sql-schema-connector, SQLite flavour).
const migrationsTable = `
  CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                  TEXT PRIMARY KEY NOT NULL,
    "checksum"            TEXT NOT NULL,
    "finished_at"         DATETIME,
    "migration_name"      TEXT NOT NULL,
    "logs"                TEXT,
    "rolled_back_at"      DATETIME,
    "started_at"          DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0
  )`

interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

/** How long to wait for another process that is migrating, in milliseconds. */
const lockTimeoutMs = 30_000

/**
 * Brings the SQLite database in `file` to the newest of the migrations in `folder`, creating it where needed; answers
 * the names of those applied now. All or nothing: one transaction under the write lock, so processes that start
 * together take turns and a failing migration leaves the database as it was.
 *
 * Throws an Error of one sentence when the database has a migration that `folder` does not (a newer version's
 * database), or one that differs from what was applied.
 */
export async function migrateSqlite(file: string, folder: string): Promise<string[]> {
  const migrations = await readMigrations(folder)
  const db = new Sqlite(file, { timeout: lockTimeoutMs })
  try {
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    // Prisma's SQLite migrations rebuild tables; references are checked as a whole before the commit instead.
    db.pragma('foreign_keys = OFF')
    return db.transaction(() => applyPending(db, migrations)).immediate()
  } finally {
    db.close()
  }
}

function applyPending(db: Sqlite.Database, migrations: readonly Migration[]): string[] {
  db.exec(migrationsTable)
  const applied = db
    .prepare<[], { migration_name: string; checksum: string }>(
      'SELECT migration_name, checksum FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    )
    .all()
  for (const row of applied) {
    const known = migrations.find((migration) => migration.name === row.migration_name)
    if (known === undefined) {
      throw new Error(`the database is from a newer version of Stele (it has migration ${row.migration_name})`)
    }
    if (known.checksum !== row.checksum) {
      throw new Error(`migration ${row.migration_name} was changed after it had been applied to this database`)
    }
  }
  const pending = migrations.filter((migration) => !applied.some((row) => row.migration_name === migration.name))
  const record = db.prepare(
    `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
     VALUES (?, ?, current_timestamp, ?, 1)`,
  )
  for (const { name, sql, checksum } of pending) {
    db.exec(sql)
    record.run(randomUUID(), checksum, name)
  }
  const broken = db.pragma('foreign_key_check') as unknown[]
  if (broken.length > 0) throw new Error('the migrations would leave broken references; nothing was changed')
  return pending.map((migration) => migration.name)
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(path.join(folder, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

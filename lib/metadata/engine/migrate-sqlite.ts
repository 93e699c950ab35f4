import { randomUUID } from 'node:crypto'
import Sqlite from 'better-sqlite3'
import type { SealedKeyRow } from '../sealed-keys'
import { fillTagsOfSqlite, tagOrdersMigration } from './fill-tags'
import { fillTotals, totalsMigration } from './fill-totals'
import { type AppliedMigration, type Migration, additiveLog } from './migration'
import { createPrivateFile } from './private-file'

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

/**
 * Rows of each index that ANALYZE looks at: enough to choose between indexes. Without statistics, SQLite may choose one that
 * makes it read a whole repository.
 */
const analyzedRows = 1000

/** How long to wait for another process that is migrating, in milliseconds. */
const lockTimeoutMs = 30_000

/**
 * Applies the migrations that `pending` returns to the database in `file`, in one transaction under the write lock. Takes
 * no lock when there is nothing to apply: each start and each command asks, beside a server that writes.
 */
export function migrateSqlite(
  file: string,
  pending: (applied: AppliedMigration[]) => Migration[],
  inspect: (keys: readonly SealedKeyRow[]) => void,
): string[] {
  // SQLite would create it readable for everybody. Its companions get the mode of the database.
  createPrivateFile(file)
  const db = new Sqlite(file, { timeout: lockTimeoutMs })
  try {
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    // Prisma's SQLite migrations rebuild tables; references are checked as a whole before the commit instead.
    db.pragma('foreign_keys = OFF')
    if (hasTable(db, 'SealedKey')) inspect(db.prepare<[], SealedKeyRow>('SELECT * FROM "SealedKey"').all())
    if (hasTable(db, '_prisma_migrations') && pending(readApplied(db)).length === 0) return []
    const names = db.transaction(() => applyPending(db, pending)).immediate()
    if (names.length > 0) analyzeSqlite(db)
    return names
  } finally {
    db.close()
  }
}

/** Makes the statistics by which SQLite chooses indexes. Seconds with a million tags, most of them for what is not cached. */
function analyzeSqlite(db: Sqlite.Database): void {
  db.pragma(`analysis_limit = ${analyzedRows}`)
  db.exec('ANALYZE')
}

/**
 * Makes the statistics again of tables that have grown tenfold since, as a start does: it takes milliseconds when there are
 * none, and about two seconds when a million tags came since the last start.
 */
export function refreshStatistics(file: string): void {
  const db = new Sqlite(file, { timeout: 0 })
  try {
    db.pragma(`analysis_limit = ${analyzedRows}`)
    // All tables (0x10000), not only those that this connection has read; and to do it (2), not to say it.
    db.pragma('optimize = 0x10002')
  } catch {
    // The server does without: somebody else writes, or the disk is full, and it serves pulls then.
  } finally {
    db.close()
  }
}

function applyPending(db: Sqlite.Database, pending: (applied: AppliedMigration[]) => Migration[]): string[] {
  db.exec(migrationsTable)
  const record = db.prepare(
    `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, logs, applied_steps_count)
     VALUES (?, ?, current_timestamp, ?, ?, 1)`,
  )
  // Again, under the lock: another process may have applied them meanwhile.
  const names = pending(readApplied(db)).map(({ name, sql, checksum, isAdditive }) => {
    db.exec(sql)
    if (name === tagOrdersMigration) fillTagsOfSqlite(db)
    if (name === totalsMigration) for (const statement of fillTotals) db.exec(statement)
    record.run(randomUUID(), checksum, name, isAdditive ? additiveLog : null)
    return name
  })
  if (names.length === 0) return names
  // Reads every row: seconds with a million of them.
  const broken = db.pragma('foreign_key_check') as unknown[]
  if (broken.length > 0) throw new Error('the migrations would leave broken references; nothing was changed')
  return names
}

function hasTable(db: Sqlite.Database, name: string): boolean {
  return db.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(name) !== undefined
}

function readApplied(db: Sqlite.Database): AppliedMigration[] {
  return db
    .prepare<[], AppliedMigration>(
      'SELECT migration_name, checksum, logs FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    )
    .all()
}

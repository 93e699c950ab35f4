import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { SealedKeyRow } from '../sealed-keys'
import type { DatabaseLocation } from './database'
import { migrateSqlite, refreshStatistics } from './migrate-sqlite'
import { type AppliedMigration, type Migration, additiveLog, additiveMark } from './migration'

/** What is told of a database that is about to be migrated. */
export interface MigrationWatch {
  /** Gets its sealed keys before anything is changed; throws when they are not for this server. */
  readonly inspectKeys: (keys: readonly SealedKeyRow[]) => void
  /** Gets the names of the migrations of a newer version that it has. */
  readonly noteAhead: (names: readonly string[]) => void
}

/**
 * Brings a database to the newest of the migrations in `folder`, which has a folder for each provider; returns the
 * names of those applied now. All or nothing: one transaction under a lock, so processes that start together take turns
 * and a failing migration leaves the database as it was. A SQLite file is created where needed. It also renews the
 * statistics by which SQLite chooses indexes, where they are out of date.
 *
 * A database of a newer version is used as it is when all that it has more is additive: then this server may run beside
 * servers of that version, while they replace those of this one.
 *
 * Throws an Error of one sentence when the database has another migration that `folder` does not have, or one that differs
 * from what was applied. What `inspectKeys` throws is thrown.
 */
export async function migrate(
  location: DatabaseLocation,
  folder: string,
  { inspectKeys = () => undefined, noteAhead = () => undefined }: Partial<MigrationWatch> = {},
): Promise<string[]> {
  const migrations = await readMigrations(path.join(folder, location.provider, 'migrations'))
  const pending = (applied: readonly AppliedMigration[]) => {
    const ahead = listAhead(migrations, applied)
    if (ahead.length > 0) noteAhead(ahead)
    return listPending(migrations, applied)
  }
  if (location.provider === 'postgresql')
    return (await forPostgresql()).migratePostgresql(location.url, pending, inspectKeys)
  const applied = migrateSqlite(location.file, pending, inspectKeys)
  if (applied.length === 0) refreshStatistics(location.file)
  return applied
}

/**
 * Throws an Error of one sentence unless the database has all of the migrations in `folder`, and no others but additive
 * ones. Applies none.
 */
export async function assertMigrated(location: DatabaseLocation, folder: string): Promise<void> {
  const migrations = await readMigrations(path.join(folder, location.provider, 'migrations'))
  const pending = (applied: readonly AppliedMigration[]): Migration[] => {
    const [next] = listPending(migrations, applied)
    if (next !== undefined) throw new Error(`it has not been migrated to this version (${next.name}): start the server`)
    return []
  }
  if (location.provider === 'sqlite') migrateSqlite(location.file, pending, () => undefined)
  else await (await forPostgresql()).migratePostgresql(location.url, pending, () => undefined)
}

/** Loads what migrates PostgreSQL, and its client, where they are used. */
const forPostgresql = () => import('./migrate-postgresql')

/** The names of those that only the database has. */
function listAhead(migrations: readonly Migration[], applied: readonly AppliedMigration[]): string[] {
  const known = new Set(migrations.map(({ name }) => name))
  return applied.map(({ migration_name: name }) => name).filter((name) => !known.has(name))
}

function listPending(migrations: readonly Migration[], applied: readonly AppliedMigration[]): Migration[] {
  for (const row of applied) {
    const known = migrations.find((migration) => migration.name === row.migration_name)
    if (known === undefined) {
      if (row.logs === additiveLog) continue
      throw new Error(
        `the database is from a newer version of Stele, beside which this one cannot run (it has migration ${row.migration_name})`,
      )
    }
    if (known.checksum !== row.checksum) {
      throw new Error(`migration ${row.migration_name} was changed after it had been applied to this database`)
    }
  }
  return migrations.filter((migration) => !applied.some((row) => row.migration_name === migration.name))
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(path.join(folder, name, 'migration.sql'), 'utf8')
      const isAdditive = sql.startsWith(additiveMark)
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex'), isAdditive }
    }),
  )
}

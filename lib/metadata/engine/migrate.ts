import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { SealedKeyRow } from '../sealed-keys'
import type { DatabaseLocation } from './database'
import { migratePostgresql } from './migrate-postgresql'
import { migrateSqlite, refreshStatistics } from './migrate-sqlite'
import type { AppliedMigration, Migration } from './migration'

/** Looks at the sealed keys of a database that is about to be migrated; throws when they are not for this server. */
export type InspectKeys = (keys: readonly SealedKeyRow[]) => void

/**
 * Brings a database to the newest of the migrations in `folder`, which has a folder for each provider; returns the
 * names of those applied now. All or nothing: one transaction under a lock, so processes that start together take turns
 * and a failing migration leaves the database as it was. A SQLite file is created where needed. It also renews the
 * statistics by which SQLite chooses indexes, where they are out of date.
 *
 * Throws an Error of one sentence when the database has a migration that `folder` does not (a newer version's
 * database), or one that differs from what was applied. `inspect` gets the sealed keys that the database has before
 * anything is changed; what it throws is thrown.
 */
export async function migrate(
  location: DatabaseLocation,
  folder: string,
  inspect: InspectKeys = () => undefined,
): Promise<string[]> {
  const migrations = await readMigrations(path.join(folder, location.provider, 'migrations'))
  const pending = (applied: readonly AppliedMigration[]) => listPending(migrations, applied)
  if (location.provider === 'postgresql') return migratePostgresql(location.url, pending, inspect)
  const applied = migrateSqlite(location.file, pending, inspect)
  if (applied.length === 0) refreshStatistics(location.file)
  return applied
}

/**
 * Throws an Error of one sentence unless the database has all of the migrations in `folder`, and no others. Applies
 * none.
 */
export async function assertMigrated(location: DatabaseLocation, folder: string): Promise<void> {
  const migrations = await readMigrations(path.join(folder, location.provider, 'migrations'))
  const pending = (applied: readonly AppliedMigration[]): Migration[] => {
    const [next] = listPending(migrations, applied)
    if (next !== undefined) throw new Error(`it has not been migrated to this version (${next.name}): start the server`)
    return []
  }
  if (location.provider === 'sqlite') migrateSqlite(location.file, pending, () => undefined)
  else await migratePostgresql(location.url, pending, () => undefined)
}

function listPending(migrations: readonly Migration[], applied: readonly AppliedMigration[]): Migration[] {
  for (const row of applied) {
    const known = migrations.find((migration) => migration.name === row.migration_name)
    if (known === undefined) {
      throw new Error(`the database is from a newer version of Stele (it has migration ${row.migration_name})`)
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
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

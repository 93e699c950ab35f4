import { existsSync } from 'node:fs'
import path from 'node:path'
import { assertKeysOpen } from '@/lib/auth/keys'
import type { Config } from '@/lib/config'
import type { Database } from '@/lib/metadata/engine/database'
import { examinePostgresql } from '@/lib/metadata/engine/examine-postgresql'
import { assertMigrated } from '@/lib/metadata/engine/migrate'
import { listSealedKeys } from '@/lib/metadata/sealed-keys'
import { listStalledLogs } from '@/lib/metadata/transparency-logs'
import { type Finding, bad, good, judgeClock, reasonOf } from './finding'

const versionMin = 15

/** Checks the database itself: reachability, version, sessions, permissions. */
export async function checkDatabase({ database }: Config): Promise<Finding[]> {
  if (database.provider === 'sqlite') {
    return [good('database', `SQLite in ${database.file}: for one server; several need PostgreSQL (DATABASE_URL)`)]
  }
  let found
  try {
    found = await examinePostgresql(database.url)
  } catch (error) {
    return [
      bad(
        'database',
        `PostgreSQL does not answer: ${reasonOf(error)}`,
        'check DATABASE_URL, the network and pg_hba.conf',
      ),
    ]
  }
  const { version, major, aheadMs, hasSessions, noTables } = found
  return [
    major >= versionMin
      ? good('database', `PostgreSQL ${version} answers`)
      : bad('database', `this is PostgreSQL ${version}`, `use PostgreSQL ${versionMin} or later`),
    judgeClock('database', aheadMs),
    hasSessions
      ? good('database sessions', 'each connection is a session of its own')
      : bad(
          'database sessions',
          'two connections are one session: a pooler gives connections away after each transaction, and locks do not hold',
          'connect to PostgreSQL itself, or set the pooler to sessions (PgBouncer: pool_mode = session)',
        ),
    noTables === null
      ? good('database tables', 'tables can be created')
      : bad('database tables', `no table can be created: ${noTables}`, 'make the user the owner of the database'),
  ]
}

/** Checks whether the database has the tables of this version. Returns the finding, and whether it has all of them. */
export async function checkMigrations({ database }: Config): Promise<{ finding: Finding; isMigrated: boolean }> {
  const subject = 'database version'
  if (database.provider === 'sqlite' && !existsSync(database.file)) {
    return { finding: good(subject, 'the first start makes the database'), isMigrated: false }
  }
  try {
    await assertMigrated(database, path.resolve('prisma'))
    return { finding: good(subject, 'the tables are those of this version'), isMigrated: true }
  } catch (error) {
    const reason = (error as Error).message
    if (reason.includes('start the server')) {
      return { finding: good(subject, 'the next start brings the tables to this version'), isMigrated: false }
    }
    return { finding: bad(subject, reason, 'start the version of Stele that this database is from'), isMigrated: false }
  }
}

/** Checks whether the settings lead to the keys that the servers of the database share. */
export async function checkKeys(config: Config, db: Database): Promise<Finding> {
  const keys = await listSealedKeys(db)
  try {
    assertKeysOpen(config, keys)
  } catch (error) {
    return bad('keys', (error as Error).message, 'give all servers of this database the same STELE_SECRET_KEY')
  }
  if (keys.length > 0) return good('keys', 'STELE_SECRET_KEY opens the keys in the database')
  if (config.secretKeys !== null)
    return good('keys', 'the first start makes the keys in the database, or moves them there')
  return config.database.provider === 'sqlite'
    ? good('keys', 'the keys are in the data folder')
    : bad(
        'keys',
        'the keys are in the data folder: servers that do not share it refuse each other’s tokens',
        'set the same STELE_SECRET_KEY for all servers (docs/scale.md)',
      )
}

/** Checks whether a transparency log stands still. */
export async function checkLogs(db: Database): Promise<Finding[]> {
  const subject = 'transparency logs'
  const stalled = await listStalledLogs(db)
  return stalled.length === 0
    ? [good(subject, 'none stands still')]
    : stalled.map(({ instanceId, origin, stalled: reason }) =>
        bad(
          subject,
          `the log of ${origin === '' ? instanceId : origin} stands still: ${reason}`,
          'find out who changed the database, and put back what was there (docs/transparency.md, “A log that stands still”)',
        ),
      )
}

import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import type { SealedKeyRow } from '../sealed-keys'
import { fillTagsOfPostgresql, tagOrdersMigration } from './fill-tags'
import { fillTotals, totalsMigration } from './fill-totals'
import { type AppliedMigration, type Migration, additiveLog } from './migration'

// Prisma's own table (prisma-engines, sql-schema-connector, PostgreSQL flavour).
const migrationsTable = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`

const hasKeys = `SELECT to_regclass('"SealedKey"') IS NOT NULL AS "hasKeys"`

/** The advisory lock that Prisma's own `migrate deploy` takes: the two wait for each other. */
const advisoryLock = 72707369

/** How long to wait for the server, in milliseconds. */
const connectTimeoutMs = 10_000

/**
 * How long a migration waits for a table that running servers use, in milliseconds. While it waits, so do all statements
 * that come after it.
 */
const tableTimeoutMs = 3_000

/** How often it is tried, and the pause in between, in which the statements that waited are run, in milliseconds. */
const attempts = 20
const pauseMs = 1_000

/** SQLSTATEs of "lock not available" and "deadlock detected" (PostgreSQL, appendix A). */
const wasInTheWay = new Set(['55P03', '40P01'])

/**
 * Applies the migrations that `pending` returns to the database at `url`, in one transaction under an advisory lock. Other
 * servers may use the database meanwhile: it gives way to them, and tries again.
 */
export async function migratePostgresql(
  url: string,
  pending: (applied: AppliedMigration[]) => Migration[],
  inspect: (keys: readonly SealedKeyRow[]) => void,
): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await migrateOnce(url, pending, inspect)
    } catch (error) {
      const { code } = error as { code?: unknown }
      if (attempt >= attempts || typeof code !== 'string' || !wasInTheWay.has(code)) throw error
    }
    await setTimeout(pauseMs)
  }
}

async function migrateOnce(
  url: string,
  pending: (applied: AppliedMigration[]) => Migration[],
  inspect: (keys: readonly SealedKeyRow[]) => void,
): Promise<string[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: connectTimeoutMs })
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1)', [advisoryLock])
    await client.query(`SET LOCAL lock_timeout = ${tableTimeoutMs}`)
    const { rows: tables } = await client.query<{ hasKeys: boolean }>(hasKeys)
    if (tables[0]?.hasKeys === true) inspect((await client.query<SealedKeyRow>('SELECT * FROM "SealedKey"')).rows)
    await client.query(migrationsTable)
    const { rows } = await client.query<AppliedMigration>(
      'SELECT migration_name, checksum, logs FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    )
    const names = []
    for (const { name, sql, checksum, isAdditive } of pending(rows)) {
      await client.query(sql)
      if (name === tagOrdersMigration) await fillTagsOfPostgresql(client)
      if (name === totalsMigration) for (const statement of fillTotals) await client.query(statement)
      await client.query(
        `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, logs, applied_steps_count)
         VALUES ($1, $2, now(), $3, $4, 1)`,
        [randomUUID(), checksum, name, isAdditive ? additiveLog : null],
      )
      names.push(name)
    }
    await client.query('COMMIT')
    // The rows that were filled have no statistics before the next round of autovacuum.
    if (names.length > 0) await client.query('ANALYZE')
    return names
  } finally {
    // Ends an unfinished transaction too, and gives the lock back.
    await client.end()
  }
}

import { Client, type ClientBase } from 'pg'

/** What a PostgreSQL database is like, as far as it matters to servers. */
export interface PostgresqlFindings {
  /** `15.4` */
  readonly version: string
  readonly major: number
  /** How far its clock is ahead of this machine's, in milliseconds. */
  readonly aheadMs: number
  /** Whether two connections are two sessions: with a pooler of transactions they are not. */
  readonly hasSessions: boolean
  /** Why no table can be created; null when one can. */
  readonly noTables: string | null
}

/** How long to wait for the database, in milliseconds. */
const timeoutMs = 10_000

/** A key of `pg_advisory_lock` that nothing else takes. */
const probeLock = 92_155_412

/** Looks at the database and leaves nothing there. Throws what the connection failed with. */
export async function examinePostgresql(url: string): Promise<PostgresqlFindings> {
  const settings = { connectionString: url, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs }
  const [one, other] = [new Client(settings), new Client(settings)]
  // One that breaks fails the next question, too.
  for (const client of [one, other]) client.on('error', () => undefined)
  try {
    await one.connect()
    await other.connect()
    const { version, major } = await readVersion(one)
    return {
      ...{ version, major },
      aheadMs: await compareClocks(one),
      hasSessions: await areSessions(one, other),
      noTables: await tryTable(one),
    }
  } finally {
    await Promise.allSettled([one.end(), other.end()])
  }
}

async function readVersion(client: ClientBase): Promise<{ version: string; major: number }> {
  const sql = `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number`
  const { rows } = await client.query<{ version: string; number: number }>(sql)
  return { version: rows[0]?.version ?? '', major: Math.floor((rows[0]?.number ?? 0) / 10_000) }
}

async function compareClocks(client: ClientBase): Promise<number> {
  const startedAt = Date.now()
  const { rows } = await client.query<{ ms: number }>(
    'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms',
  )
  return (rows[0]?.ms ?? NaN) - (startedAt + Date.now()) / 2
}

/** A session's lock keeps other sessions away, however many transactions come in between. */
async function areSessions(one: ClientBase, other: ClientBase): Promise<boolean> {
  const ask = async (client: ClientBase, sql: string) => (await client.query<{ answer: boolean }>(sql)).rows[0]?.answer
  const taken = await ask(one, `SELECT pg_try_advisory_lock(${probeLock}) AS answer`)
  if (taken !== true) return true // another doctor has it, at this moment
  const takenAgain = await ask(other, `SELECT pg_try_advisory_lock(${probeLock}) AS answer`)
  for (const client of [one, other]) {
    await ask(client, `SELECT pg_advisory_unlock(${probeLock}) AS answer`).catch(() => undefined)
  }
  return takenAgain !== true
}

async function tryTable(client: ClientBase): Promise<string | null> {
  await client.query('BEGIN')
  try {
    await client.query('CREATE TABLE stele_doctor (id int)')
    return null
  } catch (error) {
    return (error as Error).message
  } finally {
    await client.query('ROLLBACK')
  }
}

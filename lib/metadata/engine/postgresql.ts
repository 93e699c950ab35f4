import { PrismaPg } from '@prisma/adapter-pg'
import { Pool } from 'pg'
import { AppError } from '@/lib/domain/errors'
import type { SqlTransaction } from './database'
import type { ClientOptions, Engine } from './engine'
import { GatheredReads } from './gathered-reads'
import { PrismaClient } from '../generated/postgresql/client'
import { beginSession, connectionSettings, isUsableAfter, statementTimeoutMs } from './postgresql-connections'
import { PostgresqlLocks } from './postgresql-locks'
import { PostgresqlStatements, postgresqlFailure } from './postgresql-statements'
import type { SqlRunner } from './sql-runner'

/** Most connections of this process. */
const connectionsMax = 20

/** How long a connection is used, in seconds: then none is left to a server that its address no longer leads to. */
const lifetimeMaxSeconds = 300

/** Opens the migrated PostgreSQL database at `url`. Models and plain SQL share one pool of connections. */
export function openPostgresql(url: string, options: ClientOptions): Engine {
  const pool = new Pool({
    ...connectionSettings(url),
    max: connectionsMax,
    maxLifetimeSeconds: lifetimeMaxSeconds,
    query_timeout: statementTimeoutMs,
    statement_timeout: statementTimeoutMs,
    application_name: 'stele',
    // The pool waits for it; its types do not say so.
    onConnect: (connection): unknown => beginSession(connection),
  })
  // An idle connection that breaks is replaced by the next request; unhandled, the event would end the process.
  pool.on('error', () => undefined)
  const locks = new PostgresqlLocks(url)
  const client = new PrismaClient({ ...options, adapter: new PrismaPg(pool, { disposeExternalPool: true }) })
  const read = new PostgresqlStatements(pool)
  const gathered = new GatheredReads(read)
  return {
    provider: 'postgresql',
    // The one cast of the two generated clients: they have the same models and methods.
    client: client as Engine['client'],
    read,
    inlineRead: read,
    direct: {
      first: (query, ...values) => gathered.first(query, ...values),
      commitMark: () => null,
    },
    sqlTransaction: (work) => runTransaction(pool, work),
    tryLock: (name) => locks.tryTake(name),
    async close() {
      await client.$disconnect()
      await locks.close()
    },
  }
}

/** READ COMMITTED, PostgreSQL's default: each statement sees what was committed before it began. */
async function runTransaction<T>(pool: Pool, work: (tx: SqlTransaction) => Promise<T>): Promise<T> {
  const connection = await pool.connect().catch(rethrow)
  // A connection that breaks between two statements says so by this event; the next statement fails then.
  const ignore = () => undefined
  connection.on('error', ignore)
  let broken: Error | undefined
  try {
    await connection.query('BEGIN').catch(rethrow)
    const result = await work(new PostgresqlTransaction(connection))
    const { command } = await connection.query('COMMIT').catch(rethrow)
    // ROLLBACK is what PostgreSQL answers when a statement had failed and nobody noticed.
    if (command !== 'COMMIT') throw new AppError('UNAVAILABLE', { cause: new Error(`COMMIT was answered ${command}`) })
    return result
  } catch (error) {
    // One on which PostgreSQL does not answer would keep the caller waiting once more.
    const cause = AppError.is(error) ? error.cause : null
    if (cause instanceof Error && !isUsableAfter(cause)) broken = cause
    else {
      await connection.query('ROLLBACK').catch((failure: unknown) => {
        broken = failure as Error
      })
    }
    throw error
  } finally {
    connection.off('error', ignore)
    connection.release(broken)
  }
}

/** A connection for the time of one transaction. */
class PostgresqlTransaction extends PostgresqlStatements implements SqlTransaction {
  readonly provider = 'postgresql'

  get read(): SqlRunner {
    return this
  }
}

function rethrow(error: unknown): never {
  throw postgresqlFailure(error)
}

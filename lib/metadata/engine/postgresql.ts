import { PrismaPg } from '@prisma/adapter-pg'
import { Pool } from 'pg'
import { AppError } from '@/lib/domain/errors'
import type { ClientOptions, DatabaseEngine } from './engine'
import { PrismaClient } from '../generated/postgresql/client'
import { PostgresqlLocks } from './postgresql-locks'
import { PostgresqlStatements, postgresqlFailure } from './postgresql-statements'

/** Most connections of this process. */
const connectionsMax = 20

/** How long a request waits for a connection before it is answered UNAVAILABLE, in milliseconds. */
const connectTimeoutMs = 5_000

/** How long one statement may take, in milliseconds: a database that hangs must not hang the registry. */
const statementTimeoutMs = 30_000

/** A client of the migrated PostgreSQL database at `url`, and the engine beside it. They share one pool of connections. */
export function openPostgresql(url: string, options: ClientOptions): { client: PrismaClient; engine: DatabaseEngine } {
  const pool = new Pool({
    connectionString: url,
    max: connectionsMax,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: statementTimeoutMs,
    statement_timeout: statementTimeoutMs,
    keepAlive: true,
    application_name: 'stele',
  })
  // An idle connection that breaks is replaced by the next request; unheard, the event would end the process.
  pool.on('error', () => undefined)
  const locks = new PostgresqlLocks(url)
  return {
    client: new PrismaClient({ ...options, adapter: new PrismaPg(pool, { disposeExternalPool: true }) }),
    engine: {
      provider: 'postgresql',
      reader: new PostgresqlStatements(pool),
      runTransaction: (work) => runTransaction(pool, work),
      tryLock: (name) => locks.tryTake(name),
      close: () => locks.close(),
    },
  }
}

/** READ COMMITTED, PostgreSQL's default: each statement sees what was committed before it began. */
async function runTransaction<T>(pool: Pool, work: (tx: PostgresqlStatements) => Promise<T>): Promise<T> {
  const connection = await pool.connect().catch(rethrow)
  // A connection that breaks between two statements says so by this event; the next statement fails then.
  const ignore = () => undefined
  connection.on('error', ignore)
  let broken: Error | undefined
  try {
    await connection.query('BEGIN').catch(rethrow)
    const result = await work(new PostgresqlStatements(connection))
    const { command } = await connection.query('COMMIT').catch(rethrow)
    // ROLLBACK is what PostgreSQL answers when a statement had failed and nobody noticed.
    if (command !== 'COMMIT') throw new AppError('UNAVAILABLE', { cause: new Error(`COMMIT was answered ${command}`) })
    return result
  } catch (error) {
    await connection.query('ROLLBACK').catch((cause: unknown) => {
      broken = cause as Error
    })
    throw error
  } finally {
    connection.off('error', ignore)
    connection.release(broken)
  }
}

function rethrow(error: unknown): never {
  throw postgresqlFailure(error)
}

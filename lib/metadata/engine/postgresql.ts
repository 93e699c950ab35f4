import { PrismaPg } from '@prisma/adapter-pg'
import { Pool } from 'pg'
import type { ClientOptions, Engine } from './engine'
import { GatheredReads } from './gathered-reads'
import { PrismaClient } from '../generated/postgresql/client'
import { beginSession, connectionSettings, statementTimeoutMs } from './postgresql-connections'
import { PostgresqlLocks } from './postgresql-locks'
import { PostgresqlReads } from './postgresql-reads'
import { PostgresqlStatements } from './postgresql-statements'
import { runTransaction } from './postgresql-transaction'

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
    pipeline: true,
    // The pool waits for it; its types do not say so.
    onConnect: (connection): unknown => beginSession(connection),
  })
  // An idle connection that breaks is replaced by the next request; unhandled, the event would end the process.
  pool.on('error', () => undefined)
  const locks = new PostgresqlLocks(url)
  const client = new PrismaClient({ ...options, adapter: new PrismaPg(pool, { disposeExternalPool: true }) })
  const inlineRead = new PostgresqlReads(pool)
  const gathered = new GatheredReads(inlineRead)
  return {
    provider: 'postgresql',
    // The one cast of the two generated clients: they have the same models and methods.
    client: client as Engine['client'],
    read: new PostgresqlStatements(pool),
    inlineRead,
    direct: gathered,
    sqlTransaction: (work) => runTransaction(pool, work),
    tryLock: (name) => locks.tryTake(name),
    async close() {
      await inlineRead.close()
      await client.$disconnect()
      await locks.close()
    },
  }
}

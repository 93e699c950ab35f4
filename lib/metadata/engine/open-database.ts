import type { Prisma, PrismaClient } from '../generated/sqlite/client'
import type {
  Database,
  DatabaseLocation,
  DirectReads,
  HeldLock,
  Models,
  SqlTransaction,
  SqlTransactionOptions,
  Transaction,
} from './database'
import type { Engine } from './engine'
import { databaseFailure, translateFailure } from './failures'
import type { SqlRunner } from './sql-runner'
import { openSqlite } from './sqlite'

/** The database of a process, which has opened it and closes it. */
export interface OpenDatabase extends Database {
  /**
   * The same database with a `read` that runs at once, on the event loop, and keeps all requests waiting meanwhile: for
   * statements that take microseconds, of which `/v2` asks thousands a second. Everything else reads on threads.
   */
  readonly inline: Database
  /** Reads of one row, on the event loop too. */
  readonly direct: DirectReads
  /** Ends all connections once running work has ended. */
  close(): Promise<void>
}

/**
 * Opens the database; it must have been migrated (`migrate`). `beforeWrite` is called before each transaction that writes
 * to a SQLite database.
 */
export async function openDatabase(
  location: DatabaseLocation,
  beforeWrite: () => void = () => {},
): Promise<OpenDatabase> {
  // A transaction waits its turn behind others, so a burst of pushes must not time out at Prisma's 2 s.
  const options = { transactionOptions: { maxWait: 30_000, timeout: 30_000 } }
  if (location.provider === 'sqlite') return new ProcessDatabase(openSqlite(location.file, options, beforeWrite))
  // Not loaded where it is not used: to load its client takes 60 ms of the start.
  const { openPostgresql } = await import('./postgresql')
  return new ProcessDatabase(openPostgresql(location.url, options))
}

class ProcessDatabase implements OpenDatabase {
  readonly mayWrite = true
  readonly provider: Engine['provider']
  readonly read: Engine['read']
  readonly direct: DirectReads
  readonly #engine: Engine
  readonly #client: Prisma.TransactionClient
  readonly inline: Database

  constructor(engine: Engine) {
    this.provider = engine.provider
    this.read = engine.read
    this.direct = engine.direct
    this.#engine = engine
    // A failure without a meaning for callers becomes UNAVAILABLE, so that every entry point fails closed. The
    // cast drops the extension's type, which adds nothing.
    this.#client = engine.client.$extends({
      query: {
        async $allOperations({ args, query }) {
          try {
            return (await query(args)) as unknown
          } catch (error) {
            throw databaseFailure(error)
          }
        },
      },
    }) as PrismaClient
    this.inline = {
      mayWrite: this.mayWrite,
      provider: engine.provider,
      read: engine.inlineRead,
      prisma: this.#client,
      transaction: (work) => this.transaction(work),
      sqlTransaction: (work, options) => this.sqlTransaction(work, options),
      tryLock: (name) => this.tryLock(name),
    }
  }

  get prisma(): Models {
    return this.#client
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return runTransaction(this.#client, this.provider, work)
  }

  sqlTransaction<T>(work: (tx: SqlTransaction) => Promise<T>, options?: SqlTransactionOptions): Promise<T> {
    return this.#engine.sqlTransaction(work, options)
  }

  tryLock(name: string): Promise<HeldLock | null> {
    return this.#engine.tryLock(name)
  }

  close(): Promise<void> {
    return this.#engine.close()
  }
}

/** Prisma's transaction: reads see what it has written, and a transaction started from it nests in it. */
class ModelTransaction implements Transaction {
  readonly mayWrite = true
  readonly provider: Engine['provider']
  readonly #client: Prisma.TransactionClient

  constructor(client: Prisma.TransactionClient, provider: Engine['provider']) {
    this.#client = client
    this.provider = provider
  }

  get prisma(): Models {
    return this.#client
  }

  get read(): SqlRunner {
    return this.#client
  }

  $queryRaw<T>(...query: Parameters<SqlRunner['$queryRaw']>): Promise<T> {
    return this.#client.$queryRaw<T>(...query)
  }

  $executeRaw(...query: Parameters<SqlRunner['$executeRaw']>): Promise<number> {
    return this.#client.$executeRaw(...query)
  }

  async $send(...query: Parameters<SqlRunner['$executeRaw']>): Promise<void> {
    await this.#client.$executeRaw(...query)
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return runTransaction(this.#client, this.provider, work)
  }

  sqlTransaction<T>(work: (tx: SqlTransaction) => Promise<T>): Promise<T> {
    return this.transaction(work)
  }

  tryLock(): Promise<never> {
    return Promise.reject(new Error('a transaction takes no lock that outlasts it'))
  }
}

/** Runs `work` in a transaction of the client, or in a savepoint when the client is a transaction's. */
async function runTransaction<T>(
  client: Prisma.TransactionClient,
  provider: Engine['provider'],
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  let ofWork: { readonly error: unknown } | undefined
  try {
    return await client.$transaction(async (inner) => {
      try {
        return await work(new ModelTransaction(inner, provider))
      } catch (error) {
        ofWork = { error }
        throw error
      }
    })
  } catch (error) {
    // What the work did not throw came from the database: from the beginning or the end of the transaction.
    throw ofWork?.error === error ? translateFailure(error) : databaseFailure(error)
  }
}

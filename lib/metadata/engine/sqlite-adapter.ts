import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import type {
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  SqlQueryable,
  Transaction,
} from '@prisma/driver-adapter-utils'
import type { ReadingThreads } from './reading-threads'
import type { Unit, WriteConnection, WriteQueue } from './write-queue'

/**
 * How long a connection waits for another process's write lock, in milliseconds. The wait blocks this process, so it
 * is short; within one process nobody waits here, because writes queue.
 */
export const busyTimeoutMs = 2_000

/**
 * Pages of the log from which on a commit copies them itself: never, unless the thread that does so fails (`Checkpoints`).
 * 256 MiB.
 */
const lastResortPages = 65_536

/** The log's file is cut to this size, in bytes, when the log begins anew after it had to grow. */
const logKeptBytes = 16 * 1024 * 1024

/**
 * What each connection that writes is set to. The pages that a unit or a statement may have to undo are kept in memory: a
 * push needs about 36 of them, and SQLite writes more than 16 to a temporary file, which took more CPU than all the rest.
 */
export const writerPragmas = `
  PRAGMA foreign_keys = ON;
  PRAGMA temp_store = MEMORY;
  PRAGMA wal_autocheckpoint = ${lastResortPages};
  PRAGMA journal_size_limit = ${logKeptBytes};`

/**
 * SQLite through better-sqlite3, corrected.
 *
 * The stock adapter has one connection and lets a query made outside an open interactive transaction run inside it:
 * dirty reads, and another request's write lost on rollback (docs/decisions/0002-sqlite-adapter.md). Here
 *
 * - transactions, and writes outside one, take turns on the connection that writes (`WriteQueue`), and what is answered
 *   is on disk;
 * - a SELECT outside a transaction goes to a thread with a read-only connection, which sees the last commit and waits for
 *   no writer (WAL).
 *
 * A transaction's callback must use only its own client: waiting for a turn inside a turn never ends. `writes` and
 * `threads` are shared with everything else that uses the file; the caller closes the threads.
 */
export function sqliteAdapter(file: string, writes: WriteQueue, threads: ReadingThreads): SqlDriverAdapterFactory {
  const stock = new PrismaBetterSqlite3({ url: file, timeout: busyTimeoutMs })
  return {
    provider: 'sqlite',
    adapterName: stock.adapterName,
    async connect() {
      const writer = await stock.connect()
      // FULL: a commit is on disk when it returns, so an acknowledged push survives a power cut.
      await writer.executeScript('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;' + writerPragmas)
      return new QueueingAdapter(writer, threads, writes)
    },
  }
}

class QueueingAdapter implements SqlDriverAdapter {
  readonly provider = 'sqlite'
  readonly adapterName: string
  readonly #writer: SqlDriverAdapter
  readonly #threads: ReadingThreads
  readonly #writes: WriteQueue
  readonly #connection: WriteConnection

  constructor(writer: SqlDriverAdapter, threads: ReadingThreads, writes: WriteQueue) {
    this.adapterName = writer.adapterName
    this.#writer = writer
    this.#threads = threads
    this.#writes = writes
    this.#connection = { run: (sql) => writer.executeScript(sql) }
  }

  async queryRaw(query: SqlQuery) {
    if (/^\s*SELECT\b/i.test(query.sql)) return this.#threads.read({ kind: 'model', query })
    return this.#inUnit((writer) => writer.queryRaw(query))
  }

  async executeRaw(query: SqlQuery) {
    return this.#inUnit((writer) => writer.executeRaw(query))
  }

  async executeScript(script: string) {
    return this.#inUnit((writer) => writer.executeScript(script))
  }

  async startTransaction(): Promise<Transaction> {
    return new QueuedTransaction(this.#writer, await this.#writes.begin(this.#connection))
  }

  async dispose() {
    await this.#writer.dispose()
  }

  async #inUnit<T>(use: (writer: SqlDriverAdapter) => Promise<T>): Promise<T> {
    const unit = await this.#writes.begin(this.#connection)
    let result: T
    try {
      result = await use(this.#writer)
    } catch (error) {
      await unit.rollback()
      throw error
    }
    await unit.commit()
    return result
  }
}

class QueuedTransaction implements Transaction {
  readonly provider = 'sqlite'
  readonly adapterName: string
  /** Prisma sends COMMIT and ROLLBACK as queries, then calls `commit` or `rollback`. */
  readonly options = { usePhantomQuery: false }
  readonly #connection: SqlQueryable
  readonly #unit: Unit

  constructor(connection: SqlQueryable, unit: Unit) {
    this.adapterName = connection.adapterName
    this.#connection = connection
    this.#unit = unit
  }

  queryRaw(query: SqlQuery) {
    return this.#connection.queryRaw(query)
  }

  async executeRaw(query: SqlQuery) {
    if (query.sql === 'COMMIT') await this.#unit.commit()
    else if (query.sql === 'ROLLBACK') await this.#unit.rollback()
    else return this.#connection.executeRaw(query)
    return 0
  }

  /** The query before has done it. */
  commit() {
    return Promise.resolve()
  }

  /** The query before has done it; or it was a COMMIT that failed, and nothing is left to undo. */
  rollback() {
    return Promise.resolve()
  }

  async createSavepoint(name: string) {
    await this.executeRaw(statement(`SAVEPOINT ${name}`))
  }

  async rollbackToSavepoint(name: string) {
    await this.executeRaw(statement(`ROLLBACK TO ${name}`))
  }

  async releaseSavepoint(name: string) {
    await this.executeRaw(statement(`RELEASE SAVEPOINT ${name}`))
  }
}

/** A statement without parameters. */
function statement(sql: string): SqlQuery {
  return { sql, args: [], argTypes: [] }
}

import type {
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  SqlQueryable,
  Transaction,
} from '@prisma/driver-adapter-utils'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'

/**
 * How long a connection waits for another process's write lock, in milliseconds. The wait blocks this process, so it
 * is short; within one process nobody waits here, because the adapter queues.
 */
const busyTimeoutMs = 2_000

/**
 * SQLite through better-sqlite3, corrected.
 *
 * The stock adapter has one connection and lets a query made outside an open interactive transaction run inside it:
 * dirty reads, and another request's write lost on rollback (docs/decisions/0002-sqlite-adapter.md). Here
 *
 * - transactions take turns, and start with BEGIN IMMEDIATE: the write lock is theirs before they read, so what they
 *   read is what they decide on, also against other processes;
 * - a write outside a transaction waits for its turn too;
 * - a SELECT outside a transaction goes to a second, read-only connection, which sees the last commit and waits for
 *   nobody (WAL).
 *
 * A transaction's callback must use only its own client: waiting for its turn inside a turn never ends. `onDispose` is
 * called when Prisma disconnects.
 */
export function sqliteAdapter(file: string, onDispose: () => void): SqlDriverAdapterFactory {
  const stock = new PrismaBetterSqlite3({ url: file, timeout: busyTimeoutMs })
  return {
    provider: 'sqlite',
    adapterName: stock.adapterName,
    async connect() {
      const writer = await stock.connect()
      // FULL: a commit is on disk when it returns, so an acknowledged push survives a power cut.
      await writer.executeScript('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;')
      const reader = await stock.connect()
      await reader.executeScript('PRAGMA query_only=ON;')
      return new TurnTakingAdapter(writer, reader, onDispose)
    },
  }
}

class TurnTakingAdapter implements SqlDriverAdapter {
  readonly provider = 'sqlite'
  readonly adapterName: string
  readonly #writer: SqlDriverAdapter
  readonly #reader: SqlDriverAdapter
  readonly #onDispose: () => void
  #lastTurn: Promise<void> = Promise.resolve()

  constructor(writer: SqlDriverAdapter, reader: SqlDriverAdapter, onDispose: () => void) {
    this.adapterName = writer.adapterName
    this.#writer = writer
    this.#reader = reader
    this.#onDispose = onDispose
  }

  async queryRaw(query: SqlQuery) {
    if (/^\s*SELECT\b/i.test(query.sql)) return this.#reader.queryRaw(query)
    return this.#inTurn((writer) => writer.queryRaw(query))
  }

  async executeRaw(query: SqlQuery) {
    return this.#inTurn((writer) => writer.executeRaw(query))
  }

  async executeScript(script: string) {
    return this.#inTurn((writer) => writer.executeScript(script))
  }

  async startTransaction(): Promise<Transaction> {
    const endTurn = await this.#takeTurn()
    try {
      await this.#writer.executeRaw(statement('BEGIN IMMEDIATE'))
    } catch (error) {
      endTurn()
      throw error
    }
    return new TurnTransaction(this.#writer, endTurn)
  }

  async dispose() {
    await this.#reader.dispose()
    await this.#writer.dispose()
    this.#onDispose()
  }

  /** Resolves when everybody before has ended; the next one waits until the returned function is called. */
  async #takeTurn(): Promise<() => void> {
    const before = this.#lastTurn
    let endTurn = () => {}
    this.#lastTurn = new Promise((resolve) => (endTurn = resolve))
    await before
    return endTurn
  }

  async #inTurn<T>(use: (writer: SqlDriverAdapter) => Promise<T>): Promise<T> {
    const endTurn = await this.#takeTurn()
    try {
      return await use(this.#writer)
    } finally {
      endTurn()
    }
  }
}

class TurnTransaction implements Transaction {
  readonly provider = 'sqlite'
  readonly adapterName: string
  /** Prisma sends COMMIT and ROLLBACK itself, then calls `commit` or `rollback`. */
  readonly options = { usePhantomQuery: false }
  readonly #connection: SqlQueryable
  readonly #endTurn: () => void

  constructor(connection: SqlQueryable, endTurn: () => void) {
    this.adapterName = connection.adapterName
    this.#connection = connection
    this.#endTurn = endTurn
  }

  queryRaw(query: SqlQuery) {
    return this.#connection.queryRaw(query)
  }

  executeRaw(query: SqlQuery) {
    return this.#connection.executeRaw(query)
  }

  commit() {
    this.#endTurn()
    return Promise.resolve()
  }

  async rollback() {
    // After a failed COMMIT (disk full) Prisma calls this without having sent ROLLBACK; after its own ROLLBACK there is
    // nothing left to roll back and SQLite says so. Either way the connection is free afterwards.
    await this.executeRaw(statement('ROLLBACK')).catch(() => undefined)
    this.#endTurn()
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

function statement(sql: string): SqlQuery {
  return { sql, args: [], argTypes: [] }
}

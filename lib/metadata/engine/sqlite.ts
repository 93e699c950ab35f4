import Sqlite from 'better-sqlite3'
import type { ClientOptions, DatabaseEngine } from './engine'
import { PrismaClient } from '../generated/sqlite/client'
import type { SqlRunner } from './sql-runner'
import { busyTimeoutMs, sqliteAdapter } from './sqlite-adapter'
import { SqliteStatements } from './sqlite-statements'
import { WriteQueue } from './write-queue'

/** A client of the migrated SQLite database in `file`, and the engine beside it. */
export function openSqlite(file: string, options: ClientOptions): { client: PrismaClient; engine: DatabaseEngine } {
  const reading = new Sqlite(file, { readonly: true, fileMustExist: true })
  const writing = new Sqlite(file, { fileMustExist: true, timeout: busyTimeoutMs })
  // FULL: a commit is on disk when it returns, so an acknowledged push survives a power cut.
  writing.pragma('synchronous = FULL')
  writing.pragma('foreign_keys = ON')
  const reader = new SqliteStatements(reading)
  const writer = new SqliteStatements(writing)
  const writes = new WriteQueue()
  const adapter = sqliteAdapter(file, writes)
  return {
    client: new PrismaClient({ ...options, adapter }),
    engine: {
      provider: 'sqlite',
      reader,
      async runTransaction(work) {
        const unit = await writes.begin(writer)
        const tx = new SqliteTransaction(writer)
        let result
        try {
          result = await work(tx)
        } catch (error) {
          tx.end()
          await unit.rollback()
          throw error
        }
        tx.end()
        await unit.commit()
        return result
      },
      // The file is one process's; what keeps two requests of that apart is in the blob store's memory.
      tryLock: () => Promise.resolve({ release: () => Promise.resolve() }),
      close() {
        reading.close()
        writing.close()
        return Promise.resolve()
      },
    },
  }
}

/** The writing connection for the time of one transaction: used after its end, it would write into another's. */
class SqliteTransaction implements SqlRunner {
  readonly #statements: SqliteStatements
  #hasEnded = false

  constructor(statements: SqliteStatements) {
    this.#statements = statements
  }

  $queryRaw<T>(...query: Parameters<SqlRunner['$queryRaw']>): Promise<T> {
    this.#assertOpen()
    return this.#statements.$queryRaw<T>(...query)
  }

  $executeRaw(...query: Parameters<SqlRunner['$executeRaw']>): Promise<number> {
    this.#assertOpen()
    return this.#statements.$executeRaw(...query)
  }

  end(): void {
    this.#hasEnded = true
  }

  #assertOpen(): void {
    if (this.#hasEnded) throw new Error('the transaction has ended')
  }
}

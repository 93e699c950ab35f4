import Sqlite from 'better-sqlite3'
import type { SqlTransaction } from './database'
import type { ClientOptions, Engine } from './engine'
import { PrismaClient } from '../generated/sqlite/client'
import { CheckpointThread } from './checkpoint-thread'
import { Checkpoints, restartWaitMs } from './checkpoints'
import { NamedLocks } from './named-locks'
import type { SqlRunner } from './sql-runner'
import { ReadingThread } from './reading-thread'
import { ReadingThreads } from './reading-threads'
import { busyTimeoutMs, sqliteAdapter, writerPragmas } from './sqlite-adapter'
import { SqliteReads, SqliteStatements, ThreadStatements } from './sqlite-statements'
import { WriteQueue } from './write-queue'

/** Opens the migrated SQLite database in `file`. `beforeWrite` is called before each transaction that writes. */
export function openSqlite(file: string, options: ClientOptions, beforeWrite: () => void): Engine {
  const reading = new Sqlite(file, { readonly: true, fileMustExist: true })
  const writing = new Sqlite(file, { fileMustExist: true, timeout: busyTimeoutMs })
  writing.exec(writerPragmas)
  const writer = new SqliteStatements(writing)
  // A commit is on disk when it returns, so an acknowledged push survives a power cut.
  writer.setSynced(true)
  const writes: WriteQueue = new WriteQueue(beforeWrite, () => checkpoints.noteCommit())
  const checkpoints = new Checkpoints(
    file,
    () => new CheckpointThread(file, restartWaitMs),
    (work) => writes.alone(work),
  )
  // Other processes of this server ask this one for locks.
  const locks = new NamedLocks()
  const reads = new SqliteReads(reading)
  const threads = new ReadingThreads((onEnd) => new ReadingThread(file, onEnd))
  const client = new PrismaClient({ ...options, adapter: sqliteAdapter(file, writes, threads) })
  return {
    provider: 'sqlite',
    client,
    read: new ThreadStatements(threads),
    inlineRead: reads,
    direct: reads,
    async sqlTransaction(work, options) {
      const unit = await writes.begin(writer, options)
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
    tryLock: (name) => Promise.resolve(locks.tryTake(name)),
    async close() {
      await client.$disconnect()
      await threads.close()
      await checkpoints.close()
      reading.close()
      writing.close()
    },
  }
}

/** The writing connection for the time of one transaction: used after its end, it would write into another's. */
class SqliteTransaction implements SqlTransaction {
  readonly provider = 'sqlite'
  readonly #statements: SqliteStatements
  #hasEnded = false

  constructor(statements: SqliteStatements) {
    this.#statements = statements
  }

  get read(): SqlRunner {
    return this
  }

  $queryRaw<T>(...query: Parameters<SqlRunner['$queryRaw']>): Promise<T> {
    this.#assertOpen()
    return this.#statements.$queryRaw<T>(...query)
  }

  $executeRaw(...query: Parameters<SqlRunner['$executeRaw']>): Promise<number> {
    this.#assertOpen()
    return this.#statements.$executeRaw(...query)
  }

  async $send(...query: Parameters<SqlRunner['$executeRaw']>): Promise<void> {
    await this.$executeRaw(...query)
  }

  end(): void {
    this.#hasEnded = true
  }

  #assertOpen(): void {
    if (this.#hasEnded) throw new Error('the transaction has ended')
  }
}

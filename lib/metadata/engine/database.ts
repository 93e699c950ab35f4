import type { Prisma } from '../generated/sqlite/client'
import type { SqlRunner } from './sql-runner'

/** Where a database is. */
export type DatabaseLocation =
  /** `file` is an absolute path. */
  | { readonly provider: 'sqlite'; readonly file: string }
  /** `url` is a `postgresql://` address. */
  | { readonly provider: 'postgresql'; readonly url: string }

/** Prisma's models, which both databases have. A transaction is `Database.transaction`, never Prisma's own. */
export type Models = Omit<Prisma.TransactionClient, '$transaction'>

/** What a function reads from that needs no more than SQL: the database, or any transaction of the caller. */
export interface SqlSource {
  readonly provider: DatabaseLocation['provider']
  /** Runs plain SQL. Outside a transaction it sees the last commit, in one also what that has written. */
  readonly read: Pick<SqlRunner, '$queryRaw'>
}

/** What a function reads from that needs the models: the database, or a transaction of the caller. */
export interface Source extends SqlSource {
  readonly prisma: Models
}

/** A transaction of plain SQL, or one that can do more. A function that takes this must not be called outside one. */
export interface SqlTransaction extends SqlSource, SqlRunner {}

/** The database, or a transaction in its place: a use case does not see the difference. */
export interface Database extends Source {
  /**
   * Runs `work` in one transaction. SQLite: it holds the write lock from its start (BEGIN IMMEDIATE). PostgreSQL: READ
   * COMMITTED, so what is decided on must be locked before it is read (`lockRepository`).
   * All of it is durable when this returns; none of it has happened when this throws. In a transaction it is a
   * savepoint: undone alone when it throws, durable when the outer transaction is.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /** The same as `transaction` for work in plain SQL: a tenth of the cost. For what every push does. */
  sqlTransaction<T>(work: (tx: SqlTransaction) => Promise<T>): Promise<T>
  /**
   * Takes a lock by its name against all processes over the database, for as long as it takes; null when another holder
   * has it. SQLite serves one process, and always grants it. Rejects in a transaction: the lock would outlast it.
   */
  tryLock(name: string): Promise<HeldLock | null>
}

/** A transaction with the models. A function that takes this must not be called outside one. */
export interface Transaction extends Database, SqlTransaction {}

/** A lock that is held. */
export interface HeldLock {
  /** Gives it back. Throws UNAVAILABLE when it had been lost. */
  release(): Promise<void>
}

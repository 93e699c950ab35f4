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

/** What a function that needs only SQL reads from: the database, or any transaction of the caller. */
export interface SqlSource {
  readonly provider: DatabaseLocation['provider']
  /** Runs plain SQL. It sees the last commit and, in a transaction, also what that has written. */
  readonly read: Pick<SqlRunner, '$queryRaw'>
}

/** What a function that needs the models reads from: the database, or a transaction of the caller. */
export interface Source extends SqlSource {
  readonly prisma: Models
}

/**
 * Reads of one row outside a transaction, for requests that are answered with little else: they see the last commit, as
 * all reads outside a transaction do.
 */
export interface DirectReads {
  /**
   * The first row of a SELECT with texts as values, or undefined: SQLite answers at once, PostgreSQL with a promise, many
   * in one statement. Throws or rejects as `$queryRaw` rejects.
   */
  first<T>(query: TemplateStringsArray, ...values: readonly string[]): T | undefined | Promise<T | undefined>
  /**
   * A number that each commit changes, of any connection and any process: what was read after this number was seen is
   * still what the database has, as long as the number is the same. Null: the database has no such number (PostgreSQL).
   */
  commitMark(): number | null
}

/** A transaction of plain SQL, or one that can do more. A function that takes this must not be called outside one. */
export interface SqlTransaction extends SqlSource, SqlRunner {}

/** How a transaction in plain SQL is kept. */
export interface SqlTransactionOptions {
  readonly mayBeLost?: boolean
}

/** The database, or a transaction in its place: a use case does not see the difference. */
export interface Database extends Source {
  /** Whether the process writes to the database. Where it does not, transactions reject with WriterNeeded. */
  readonly mayWrite: boolean
  /**
   * Runs `work` in one transaction. SQLite: it holds the write lock from its start (BEGIN IMMEDIATE). PostgreSQL: READ
   * COMMITTED, so lock what a decision depends on before reading it (`lockRepository`).
   * All of it is durable when this returns; none of it has happened when this throws. In a transaction it is a
   * savepoint: undone alone when it throws, durable when the outer transaction is.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /**
   * The same as `transaction` for work in plain SQL: a tenth of the cost. For what every push does. With `mayBeLost`, a
   * power failure may undo it, the end of a process not: for what a client can start again, at half the cost on SQLite.
   */
  sqlTransaction<T>(work: (tx: SqlTransaction) => Promise<T>, options?: SqlTransactionOptions): Promise<T>
  /**
   * Takes a named lock against all processes of the database, without a time limit; null when another holder has it.
   * On SQLite, the process that writes keeps the locks. Rejects in a transaction: the lock would outlast it.
   */
  tryLock(name: string): Promise<HeldLock | null>
}

/** A transaction with the models. A function that takes this must not be called outside one. */
export interface Transaction extends Database, SqlTransaction {}

/** A lock that is held. */
export interface HeldLock {
  /** Releases it. Throws UNAVAILABLE when it had been lost. */
  release(): Promise<void>
}

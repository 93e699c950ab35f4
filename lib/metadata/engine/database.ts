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
   * The first row of a SELECT with texts as values. With a mark that is still the commit mark, the row is the same as when
   * that mark was given, and the answer is `null`. SQLite answers at once, PostgreSQL with a promise, many in one statement.
   * Throws or rejects as `$queryRaw` rejects.
   *
   * The commit mark is changed by each commit, of any connection and any process, before that is acknowledged. The mark of an
   * answer was read before its row: a commit between the two makes the row newer than the mark, never older.
   */
  firstSince<T>(mark: CommitMark | undefined, question: Question): FirstRow<T> | null | Promise<FirstRow<T> | null>
}

/** SQLite counts commits, PostgreSQL has snapshots. */
export type CommitMark = number | string

/** A SELECT with texts as values. */
export interface Question {
  readonly query: TemplateStringsArray
  readonly values: readonly string[]
}

/** The tag of a template that makes a question. */
export function question(query: TemplateStringsArray, ...values: readonly string[]): Question {
  return { query, values }
}

/** The first row of a statement, or undefined. */
export interface FirstRow<T> {
  readonly row: T | undefined
  readonly mark: CommitMark
}

/** A transaction of plain SQL, or one that can do more. A function that takes this must not be called outside one. */
export interface SqlTransaction extends SqlSource, SqlRunner {
  /**
   * Runs a statement of which nobody needs the result. PostgreSQL's answer is not waited for: when the statement fails, the
   * next one fails, or the transaction at its end.
   */
  $send(query: TemplateStringsArray | Prisma.Sql, ...values: readonly unknown[]): Promise<void>
}

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

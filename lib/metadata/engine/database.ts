import { AppError } from '@/lib/domain/errors'
import { type Engine, type HeldLock, databaseEngineOf, engineOf, setEngine } from './engine'
import type { Prisma, PrismaClient } from '../generated/sqlite/client'
import { openPostgresql } from './postgresql'
import type { SqlRunner } from './sql-runner'
import { openSqlite } from './sqlite'

/**
 * The database: what `transaction` starts from, and what a read outside a transaction uses. On PostgreSQL it is the
 * client generated for that, which has the same models and methods.
 */
export type Database = PrismaClient

/** What the functions of this folder take: the database, or the transaction of the caller. */
export type Db = Database | Prisma.TransactionClient

/** A transaction. A function that takes this must not be called outside one. */
export type Transaction = Prisma.TransactionClient

/** A transaction of plain SQL, or one that can do more. A function that takes this must not be called outside one. */
export type SqlTransaction = SqlRunner

/** What functions in plain SQL take that only read: the database, or any transaction of the caller. */
export type SqlSource = Database | SqlRunner

/** Where a database is. */
export type DatabaseLocation =
  /** `file` is an absolute path. */
  | { readonly provider: 'sqlite'; readonly file: string }
  /** `url` is a `postgresql://` address. */
  | { readonly provider: 'postgresql'; readonly url: string }

/** Opens the database; it must have been migrated (`migrate`). */
export function openDatabase(location: DatabaseLocation): Database {
  // A transaction waits its turn behind others, so a burst of pushes must not time out at Prisma's 2 s.
  const options = { transactionOptions: { maxWait: 30_000, timeout: 30_000 } }
  const { client, engine } =
    location.provider === 'sqlite' ? openSqlite(location.file, options) : openPostgresql(location.url, options)
  // A failure that no caller of ours can name is the database's: UNAVAILABLE, so that every door fails closed. The
  // cast drops the extension's type, which adds nothing, and takes one provider's client for the other's.
  const database = (client as PrismaClient).$extends({
    query: {
      async $allOperations({ args, query }) {
        try {
          return (await query(args)) as unknown
        } catch (error) {
          throw translate(error)
        }
      },
    },
  }) as unknown as Database
  setEngine(database, engine)
  return database
}

/** Ends all connections, once what runs has ended. */
export async function closeDatabase(database: Database): Promise<void> {
  await database.$disconnect()
  await databaseEngineOf(database).close()
}

/**
 * Takes a lock by its name against all processes over the database, for as long as it takes; null when somebody has it.
 * SQLite serves one process, and always grants it.
 */
export async function tryLock(database: Database, name: string): Promise<HeldLock | null> {
  return databaseEngineOf(database).tryLock(name)
}

/** What runs plain SQL for a read: the database's prepared statements, or the transaction that was given. */
export function sql(source: SqlSource): SqlRunner {
  return engineOf(source).reader
}

/**
 * Runs `work` in one transaction. SQLite: it holds the write lock from its start (BEGIN IMMEDIATE). PostgreSQL: READ
 * COMMITTED, so what is decided on must be locked before it is read (`lockRepository`).
 * All of it is durable when this returns; none of it has happened when this throws.
 */
export async function transaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const { provider } = engineOf(db)
  try {
    return await db.$transaction((tx) => {
      setEngine(tx, engineWithin(tx, provider))
      return work(tx)
    })
  } catch (error) {
    throw translate(error)
  }
}

/** The same as `transaction` for work in plain SQL: a tenth of the cost. For what every push does. */
export async function sqlTransaction<T>(db: Database, work: (tx: SqlTransaction) => Promise<T>): Promise<T> {
  const engine = engineOf(db)
  return engine.runTransaction((tx) => {
    setEngine(tx, { provider: engine.provider, reader: tx, runTransaction: nestNothing })
    return work(tx)
  })
}

/** The engine of Prisma's transaction: reads see what it has written, and a transaction started from it nests in it. */
function engineWithin(tx: Transaction, provider: Engine['provider']): Engine {
  return { provider, reader: tx, runTransaction: (work) => transaction(tx as Database, work) }
}

function nestNothing(): never {
  throw new Error('a transaction of plain SQL holds no other')
}

/** Whether `error` is the database refusing a row whose key exists already. */
export function isUniqueViolation(error: unknown): boolean {
  return hasCode(error, 'P2002')
}

/** Whether `error` is the database refusing to break a reference. */
export function isForeignKeyViolation(error: unknown): boolean {
  return hasCode(error, 'P2003')
}

/** Errors with a meaning for callers keep their form; anything else of the database becomes UNAVAILABLE. */
function translate(error: unknown): unknown {
  if (AppError.is(error) || isUniqueViolation(error) || isForeignKeyViolation(error)) return error
  return isPrismaError(error) ? new AppError('UNAVAILABLE', { cause: error }) : error
}

function hasCode(error: unknown, code: string): boolean {
  return isPrismaError(error) && 'code' in error && error.code === code
}

// By name, not `instanceof`: the server's bundle and Next's hold a copy of the generated client each.
function isPrismaError(error: unknown): error is Error {
  return error instanceof Error && /^(?:PrismaClient|TransactionManager|DriverAdapter)/.test(error.name)
}

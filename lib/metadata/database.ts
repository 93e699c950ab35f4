import { AppError } from '@/lib/domain/errors'
import { PrismaClient, type Prisma } from './generated/sqlite/client'
import { PreparedReads } from './prepared-reads'
import { sqliteAdapter } from './sqlite-adapter'

/** The database: what `transaction` starts from, and what a read outside a transaction uses. */
export type Database = PrismaClient

/** What the functions of this folder take: the database, or the transaction of the caller. */
export type Db = Database | Prisma.TransactionClient

/** A transaction. A function that takes this must not be called outside one. */
export type Transaction = Prisma.TransactionClient

const preparedReadsOf = new WeakMap<object, PreparedReads>()

/** The prepared reads of a database; none within a transaction, which must see what it has written itself. */
export function preparedReads(db: Db): PreparedReads | undefined {
  return preparedReadsOf.get(db)
}

/** Opens the SQLite database in `file`; it must have been migrated (`migrateSqlite`). */
export function openDatabase(file: string): Database {
  const reads = new PreparedReads(file)
  const client = new PrismaClient({
    adapter: sqliteAdapter(file, () => reads.close()),
    // A transaction waits its turn behind others, so a burst of pushes must not time out at Prisma's 2 s.
    transactionOptions: { maxWait: 30_000, timeout: 30_000 },
  })
  // A failure that no caller of ours can name is the database's: UNAVAILABLE, so that every door fails closed. The
  // cast drops the extension's type; it adds nothing to the client's surface.
  const database = client.$extends({
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
  preparedReadsOf.set(database, reads)
  return database
}

/**
 * Runs `work` in one transaction that holds the database's write lock from its start (SQLite: BEGIN IMMEDIATE).
 * All of it is durable when this returns; none of it has happened when this throws.
 */
export async function transaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    return await db.$transaction(work)
  } catch (error) {
    throw translate(error)
  }
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

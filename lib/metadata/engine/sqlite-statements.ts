import Sqlite, { type Statement } from 'better-sqlite3'
import { AppError } from '@/lib/domain/errors'
import { Prisma } from '../generated/sqlite/client'
import type { RawRows } from './reading-thread'
import type { ReadingThreads } from './reading-threads'
import type { CommitMark, DirectReads, FirstRow, Question } from './database'
import { type SqlRunner, isSql } from './sql-runner'

/**
 * Longest text, in characters, of a statement that is kept prepared: those with lists of values come in many lengths.
 */
const keptTextMax = 4_000

/**
 * SQL on a better-sqlite3 connection, through statements that are prepared once. A failure is STORAGE_FULL or
 * UNAVAILABLE.
 */
export class SqliteStatements implements SqlRunner {
  readonly #connection: Sqlite.Database
  readonly #byTemplate = new WeakMap<TemplateStringsArray, PreparedStatement>()
  readonly #byText = new Map<string, PreparedStatement>()
  #isSynced: boolean | null = null

  constructor(connection: Sqlite.Database) {
    this.#connection = connection
  }

  $queryRaw<T>(query: TemplateStringsArray | Prisma.Sql, ...values: readonly unknown[]): Promise<T> {
    return this.#use(query, values, (statement, parameters) => statement.all(parameters) as T)
  }

  $executeRaw(query: TemplateStringsArray | Prisma.Sql, ...values: readonly unknown[]): Promise<number> {
    return this.#use(query, values, (statement, parameters) => statement.run(parameters))
  }

  /** Runs a statement without parameters, such as COMMIT, which can also fail with a full disk. */
  run(text: string): void {
    try {
      this.#prepareText(text).run([])
    } catch (error) {
      throw sqliteFailure(error)
    }
  }

  /** Whether a transaction is on disk when its COMMIT returns; otherwise a power failure may undo it until a later one is. */
  setSynced(isSynced: boolean): void {
    if (isSynced === this.#isSynced) return
    this.#connection.pragma(`synchronous = ${isSynced ? 'FULL' : 'NORMAL'}`)
    this.#isSynced = isSynced
  }

  // better-sqlite3 is synchronous: what it throws must become a rejection all the same.
  #use<T>(
    query: TemplateStringsArray | Prisma.Sql,
    values: readonly unknown[],
    use: (statement: PreparedStatement, parameters: readonly unknown[]) => T,
  ): Promise<T> {
    try {
      if (isSql(query)) return Promise.resolve(use(this.#prepareText(query.sql), query.values))
      if (!values.some(isSql)) return Promise.resolve(use(this.#prepareTemplate(query), values))
      const flat = Prisma.sql(query, ...values)
      return Promise.resolve(use(this.#prepareText(flat.sql), flat.values))
    } catch (error) {
      return Promise.reject(sqliteFailure(error))
    }
  }

  /** The first row of a statement without pieces of SQL in it. */
  protected firstOf(query: TemplateStringsArray, values: readonly unknown[]): Record<string, unknown> | undefined {
    try {
      return this.#prepareTemplate(query).get(values)
    } catch (error) {
      throw sqliteFailure(error)
    }
  }

  #prepareTemplate(strings: TemplateStringsArray): PreparedStatement {
    let statement = this.#byTemplate.get(strings)
    if (statement === undefined) {
      statement = this.#prepareText(strings.join('?'))
      this.#byTemplate.set(strings, statement)
    }
    return statement
  }

  #prepareText(text: string): PreparedStatement {
    const kept = this.#byText.get(text)
    if (kept !== undefined) return kept
    const statement = new PreparedStatement(this.#connection.prepare(text))
    if (text.length <= keptTextMax) this.#byText.set(text, statement)
    return statement
  }
}

/** SQL on a connection that only reads. */
export class SqliteReads extends SqliteStatements implements DirectReads {
  readonly #mark: Statement<[], number>

  constructor(connection: Sqlite.Database) {
    super(connection)
    // It counts the commits of other connections; this one has none.
    this.#mark = connection.prepare<[], number>('PRAGMA data_version').pluck()
  }

  firstSince<T>(mark: CommitMark | undefined, { query, values }: Question): FirstRow<T> | null {
    const current = this.#readMark()
    return current === mark ? null : { row: this.firstOf(query, values) as T | undefined, mark: current }
  }

  #readMark(): number {
    try {
      return this.#mark.get() as number
    } catch (error) {
      throw sqliteFailure(error)
    }
  }
}

/** Reads in SQL on threads, with the same results and failures as `SqliteStatements`. */
export class ThreadStatements implements Pick<SqlRunner, '$queryRaw'> {
  readonly #threads: ReadingThreads

  constructor(threads: ReadingThreads) {
    this.#threads = threads
  }

  async $queryRaw<T>(query: TemplateStringsArray | Prisma.Sql, ...values: readonly unknown[]): Promise<T> {
    const { sql: text, values: flat } = isSql(query) ? query : Prisma.sql(query, ...values)
    try {
      return toRows(await this.#threads.read({ kind: 'sql', text, values: flat.map(toParameter) })) as T
    } catch (error) {
      throw AppError.is(error) ? error : sqliteFailure(error)
    }
  }
}

/** A prepared statement that takes and gives values as Prisma does. */
class PreparedStatement {
  readonly #statement: Statement<unknown[], Record<string, unknown>>
  readonly #converters: (readonly [column: string, convert: (value: unknown) => unknown])[]

  constructor(statement: Statement<unknown[], Record<string, unknown>>) {
    this.#statement = statement
    this.#converters = (statement.reader ? statement.columns() : []).flatMap(({ name, type }) => {
      const convert = converters[type ?? '']
      return convert === undefined ? [] : [[name, convert] as const]
    })
  }

  all(parameters: readonly unknown[]): Record<string, unknown>[] {
    const rows = this.#statement.all(...parameters.map(toParameter))
    if (this.#converters.length > 0) for (const row of rows) this.#convert(row)
    return rows
  }

  get(parameters: readonly unknown[]): Record<string, unknown> | undefined {
    const row = this.#statement.get(...parameters.map(toParameter))
    if (row !== undefined) this.#convert(row)
    return row
  }

  run(parameters: readonly unknown[]): number {
    return this.#statement.run(...parameters.map(toParameter)).changes
  }

  #convert(row: Record<string, unknown>): void {
    for (const [column, convert] of this.#converters) if (row[column] !== null) row[column] = convert(row[column])
  }
}

/** Converts a column's values, by its declared type. */
const converters: Readonly<Record<string, (value: unknown) => unknown>> = {
  BOOLEAN: (value) => value === 1,
  DATETIME: (value) => new Date(value as string),
  BIGINT: (value) => BigInt(value as number),
}

function toRows({ names, types, rows }: RawRows): Record<string, unknown>[] {
  const columns = names.map((name, at) => [name, converters[types[at] ?? ''] ?? toBuffer] as const)
  return rows.map((values) => {
    const row: Record<string, unknown> = {}
    columns.forEach(([name, convert], at) => {
      const value = values[at]
      row[name] = value === null ? null : convert(value)
    })
    return row
  })
}

/** A Buffer leaves a thread as the array that it is. */
function toBuffer(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value
}

function toParameter(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0
  // As Prisma's adapter writes it: dates are compared as text, so both must have one form.
  if (value instanceof Date) return value.toISOString().replace('Z', '+00:00')
  return value
}

function sqliteFailure(error: unknown): AppError {
  const isFull = error instanceof Sqlite.SqliteError && error.code === 'SQLITE_FULL'
  return new AppError(isFull ? 'STORAGE_FULL' : 'UNAVAILABLE', { cause: error })
}

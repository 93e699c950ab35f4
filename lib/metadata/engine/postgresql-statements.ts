import { createHash } from 'node:crypto'
import { type Pool, type PoolClient, type QueryResult, types } from 'pg'
import { AppError } from '@/lib/domain/errors'
import { Prisma } from '../generated/sqlite/client'
import { type SqlRunner, isSql } from './sql-runner'

/** SQLSTATE of "disk full" (PostgreSQL, appendix A). */
const diskFull = '53100'

/**
 * SQL on a connection of node-postgres, or on whichever of a pool is free. A failure is STORAGE_FULL or UNAVAILABLE.
 */
export class PostgresqlStatements implements SqlRunner {
  readonly #client: Pool | PoolClient

  constructor(client: Pool | PoolClient) {
    this.#client = client
  }

  async $queryRaw<T>(query: TemplateStringsArray | Prisma.Sql, ...values: readonly unknown[]): Promise<T> {
    return (await this.query(toStatement(query, values))).rows as T
  }

  async $executeRaw(query: TemplateStringsArray | Prisma.Sql, ...values: readonly unknown[]): Promise<number> {
    return (await this.query(toStatement(query, values))).rowCount ?? 0
  }

  protected async query(statement: PostgresqlQuery): Promise<QueryResult> {
    try {
      return await this.#client.query(statement)
    } catch (error) {
      throw postgresqlFailure(error)
    }
  }
}

/** Returns an AppError as it is, and STORAGE_FULL or UNAVAILABLE for any other failure. */
export function postgresqlFailure(error: unknown): AppError {
  if (AppError.is(error)) return error
  const isFull = error instanceof Error && 'code' in error && error.code === diskFull
  return new AppError(isFull ? 'STORAGE_FULL' : 'UNAVAILABLE', { cause: error })
}

/** A statement as node-postgres takes it. */
export interface PostgresqlQuery {
  readonly text: string
  readonly values?: unknown[]
  /** The name under which the connection keeps the statement prepared. */
  readonly name?: string
  readonly types?: typeof typeParsers
}

/** The statement of a template with its values. */
export function toStatement(query: TemplateStringsArray | Prisma.Sql, values: readonly unknown[]): PostgresqlQuery {
  return isSql(query) || values.some(isSql) ? flatten(query, values) : prepare(query, values)
}

const prepared = new WeakMap<TemplateStringsArray, PostgresqlQuery>()

function prepare(strings: TemplateStringsArray, values: readonly unknown[]): PostgresqlQuery {
  let statement = prepared.get(strings)
  if (statement === undefined) {
    const text = strings.reduce((before, part, index) => `${before}$${index}${part}`)
    statement = { text, types: typeParsers, name: createHash('sha256').update(text).digest('hex').slice(0, 40) }
    prepared.set(strings, statement)
  }
  return { ...statement, values: values.map(toParameter) }
}

/** Not kept prepared: lists of values come in many lengths. */
function flatten(query: TemplateStringsArray | Prisma.Sql, values: readonly unknown[]): PostgresqlQuery {
  const flat = isSql(query) ? query : Prisma.sql(query, ...values)
  return { text: flat.text, types: typeParsers, values: flat.values.map(toParameter) }
}

function toParameter(value: unknown): unknown {
  // node-postgres would write local time, and the columns have no time zone: they hold UTC.
  return value instanceof Date ? value.toISOString() : value
}

/** The id of a column's type in PostgreSQL's catalogue. */
type TypeId = Parameters<typeof types.getTypeParser>[0]

const typeParsers = {
  getTypeParser(oid: TypeId, format?: 'text' | 'binary'): (value: string) => unknown {
    if (oid === types.builtins.INT8) return BigInt
    if (oid === types.builtins.TIMESTAMP) return (value) => new Date(`${value.replace(' ', 'T')}Z`)
    return types.getTypeParser(oid, format) as (value: string) => unknown
  },
}

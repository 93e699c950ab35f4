import type { Pool, PoolClient, QueryResult } from 'pg'
import { AppError } from '@/lib/domain/errors'
import type { Prisma } from '../generated/sqlite/client'
import type { SqlTransaction } from './database'
import { isUsableAfter, sendTogether } from './postgresql-connections'
import { type PostgresqlQuery, PostgresqlStatements, postgresqlFailure, toStatement } from './postgresql-statements'
import type { SqlRunner } from './sql-runner'

/**
 * Runs `work` in a transaction. READ COMMITTED, PostgreSQL's default: each statement sees what was committed before it
 * began.
 *
 * The connection is one with `pipeline`: a statement is sent without waiting for the answers of those before it. BEGIN goes
 * together with the first statement, and COMMIT with the last ones whose results nobody needs.
 */
export async function runTransaction<T>(pool: Pool, work: (tx: SqlTransaction) => Promise<T>): Promise<T> {
  const connection = await pool.connect().catch(rethrow)
  // A connection that breaks between two statements says so by this event; the next statement fails then.
  const ignore = () => undefined
  connection.on('error', ignore)
  let broken: Error | undefined
  const tx = new PostgresqlTransaction(connection)
  try {
    tx.begin()
    const result = await work(tx)
    await tx.commit()
    return result
  } catch (error) {
    // One on which PostgreSQL does not answer would keep the caller waiting once more.
    const cause = AppError.is(error) ? error.cause : null
    if (cause instanceof Error && !isUsableAfter(cause)) broken = cause
    else {
      await connection.query('ROLLBACK').catch((failure: unknown) => {
        broken = failure as Error
      })
    }
    throw error
  } finally {
    connection.off('error', ignore)
    connection.release(broken)
  }
}

/** A connection for the time of one transaction. */
class PostgresqlTransaction extends PostgresqlStatements implements SqlTransaction {
  readonly provider = 'postgresql'
  readonly #connection: PoolClient
  /** The failure of a statement that was not waited for: those after it fail because of it. */
  #failure: AppError | undefined

  constructor(connection: PoolClient) {
    super(connection)
    this.#connection = connection
  }

  get read(): SqlRunner {
    return this
  }

  begin(): void {
    this.#sendSoon({ text: 'BEGIN' })
  }

  $send(query: TemplateStringsArray | Prisma.Sql, ...values: readonly unknown[]): Promise<void> {
    this.#sendSoon(toStatement(query, values))
    return Promise.resolve()
  }

  async commit(): Promise<void> {
    const { command } = await this.query({ text: 'COMMIT' })
    // ROLLBACK is what PostgreSQL answers when a statement had failed and nobody noticed.
    if (command === 'COMMIT') return
    throw this.#failure ?? new AppError('UNAVAILABLE', { cause: new Error(`COMMIT was answered ${command}`) })
  }

  protected override async query(statement: PostgresqlQuery): Promise<QueryResult> {
    sendTogether(this.#connection)
    try {
      return await super.query(statement)
    } catch (error) {
      throw this.#failure ?? error
    }
  }

  #sendSoon(statement: PostgresqlQuery): void {
    sendTogether(this.#connection)
    super.query(statement).catch((error: unknown) => {
      this.#failure ??= error as AppError
    })
  }
}

function rethrow(error: unknown): never {
  throw postgresqlFailure(error)
}

import type { Pool, PoolClient, QueryResult } from 'pg'
import { isUsableAfter, sendTogether } from './postgresql-connections'
import { type PostgresqlQuery, PostgresqlStatements, postgresqlFailure } from './postgresql-statements'

/** How long a connection is held, in milliseconds: the pool can end one that has become old only when it gets it back. */
const heldMaxMs = 60_000

const markQuery = { name: 'commit mark', text: 'SELECT pg_current_snapshot()::text AS "mark"' }

/**
 * Reads for requests that are answered with little else. All share one connection of the pool: to take one for each costs
 * more than the statement, and what is asked in one turn of the event loop is sent in one piece and answered in one. The
 * connection has `pipeline`, so a statement waits for those before it: none may take long.
 */
export class PostgresqlReads extends PostgresqlStatements {
  readonly #pool: Pool
  #held: Held | null = null
  #taking: Promise<Held> | null = null
  #taken = 0

  constructor(pool: Pool) {
    super(pool)
    this.#pool = pool
  }

  /**
   * A text that each commit changes, of any connection to this PostgreSQL: what was read after it was seen is still what
   * the database has, as long as the text is the same.
   *
   * It is the snapshot of the statement: which transactions have ended. With equal snapshots, statements see the same rows.
   * A transaction has an id from its first write, so that reads change nothing. The number of the connection is in it,
   * because a connection ends with its server: after a crash or a fail-over, the same ids may stand for other transactions.
   */
  async commitMark(): Promise<string> {
    const held = this.#current() ?? (await this.#take())
    const { rows } = await this.#run(held, markQuery)
    return `${held.number} ${(rows[0] as { mark: string }).mark}`
  }

  /** Gives the connection back to the pool. */
  async close(): Promise<void> {
    await this.#taking?.catch(() => undefined)
    this.#retire()
  }

  protected override async query(statement: PostgresqlQuery): Promise<QueryResult> {
    return this.#run(this.#current() ?? (await this.#take()), statement)
  }

  #current(): Held | null {
    if (this.#held?.isUsable === false) this.#retire()
    return this.#held
  }

  #take(): Promise<Held> {
    this.#taking ??= this.#pool
      .connect()
      .then(
        (client) => {
          const held = new Held(client, ++this.#taken, performance.now() + heldMaxMs)
          // A connection that breaks says so by this event too, also when nothing runs on it.
          client.on('error', held.onError)
          this.#held = held
          return held
        },
        (error: unknown) => {
          throw postgresqlFailure(error)
        },
      )
      .finally(() => (this.#taking = null))
    return this.#taking
  }

  async #run(held: Held, statement: PostgresqlQuery): Promise<QueryResult> {
    held.running++
    sendTogether(held.client)
    try {
      return await held.client.query(statement)
    } catch (error) {
      if (!isUsableAfter(error)) held.giveBack(error as Error)
      throw postgresqlFailure(error)
    } finally {
      held.running--
      if (held !== this.#held && held.running === 0) held.giveBack()
    }
  }

  /** The next statement takes another connection. */
  #retire(): void {
    const held = this.#held
    this.#held = null
    if (held?.running === 0) held.giveBack()
  }
}

/** A connection that many use at the same time. */
class Held {
  running = 0
  #isGivenBack = false

  constructor(
    readonly client: PoolClient,
    /** No other connection of this process has it. */
    readonly number: number,
    readonly until: number,
  ) {}

  readonly onError = (error: Error): void => this.giveBack(error)

  get isUsable(): boolean {
    return !this.#isGivenBack && this.until > performance.now()
  }

  /** Gives it back to the pool, which ends it when there was an error. */
  giveBack(error?: Error): void {
    if (this.#isGivenBack) return
    this.#isGivenBack = true
    this.client.off('error', this.onError)
    this.client.release(error)
  }
}

import { Client } from 'pg'
import { AppError } from '@/lib/domain/errors'
import type { HeldLock } from './database'
import { beginSession, connectionSettings } from './postgresql-connections'

/** How the connection of the locks is watched, in milliseconds. */
export interface LockTimes {
  /** How often the connection is used. */
  readonly beatMs: number
  /** How long an answer may take; then the connection is lost. */
  readonly answerMs: number
  /** How long the connection may be unused before PostgreSQL ends it, and with it the locks. */
  readonly unusedMs: number
}

/** The times in production. A server that stands still, or whose machine is gone, loses its locks within 30 seconds. */
const usualTimes: LockTimes = { beatMs: 5_000, answerMs: 10_000, unusedMs: 30_000 }

/**
 * Locks by name that only one process holds at a time, as session-level advisory locks on a connection of their own:
 * they may be held for as long as an upload takes, and end with the process that holds them. They also end when the
 * process stands still or cannot be reached for `unusedMs`; `release` says so.
 */
export class PostgresqlLocks {
  readonly #url: string
  readonly #times: LockTimes
  readonly #held = new Map<string, Client>()
  #connecting: Promise<Client> | null = null
  /** The one that is connected. */
  #client: Client | null = null
  #beat: NodeJS.Timeout | undefined
  #asking: Promise<unknown> = Promise.resolve()

  constructor(url: string, times = usualTimes) {
    this.#url = url
    this.#times = times
  }

  /** Takes the lock; null when another holder has it. Throws UNAVAILABLE. */
  async tryTake(name: string): Promise<HeldLock | null> {
    // One session may take a lock twice, so this process's own are kept apart here.
    if (this.#held.has(name)) return null
    const client = await this.#connect()
    if (this.#held.has(name)) return null
    this.#held.set(name, client)
    try {
      const sql = 'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken'
      const { rows } = await this.#ask(client, { text: sql, values: [name] })
      if (rows[0]?.['taken'] !== true) this.#held.delete(name)
    } catch (error) {
      this.#held.delete(name)
      throw new AppError('UNAVAILABLE', { cause: error })
    }
    return this.#held.has(name) ? { release: () => this.#release(name, client) } : null
  }

  /** Ends the connection, and all that is held with it. */
  async close(): Promise<void> {
    const client = await this.#connecting?.catch(() => null)
    await client?.end()
  }

  async #release(name: string, client: Client): Promise<void> {
    this.#held.delete(name)
    try {
      const sql = 'SELECT pg_advisory_unlock(hashtextextended($1, 0)) AS held'
      const { rows } = await this.#ask(client, { text: sql, values: [name] })
      if (rows[0]?.['held'] !== true) throw new Error('the connection did not hold the lock')
    } catch (error) {
      // The lock was lost with its connection, perhaps long ago: the work was not protected by it.
      throw new AppError('UNAVAILABLE', { cause: error })
    }
  }

  /**
   * Asks one thing after the other: a connection takes one statement at a time. A connection on which anything fails is
   * not used again.
   */
  #ask(
    client: Client,
    question: { readonly text: string; readonly values: string[] },
  ): Promise<{ readonly rows: readonly Record<string, unknown>[] }> {
    const answer = this.#asking.then(() =>
      client.query<Record<string, unknown>>({ ...question, query_timeout: this.#times.answerMs } as typeof question),
    )
    this.#asking = answer.catch(() => {
      this.#forget(client)
    })
    return answer
  }

  #connect(): Promise<Client> {
    this.#connecting ??= this.#open().catch((error: unknown) => {
      this.#connecting = null
      throw new AppError('UNAVAILABLE', { cause: error })
    })
    return this.#connecting
  }

  async #open(): Promise<Client> {
    const client = new Client({ ...connectionSettings(this.#url), application_name: 'stele locks' })
    client.on('error', () => this.#forget(client))
    client.on('end', () => this.#forget(client))
    try {
      await client.connect()
      await beginSession(client, { idle_session_timeout: String(this.#times.unusedMs) })
    } catch (error) {
      this.#forget(client)
      throw error
    }
    this.#client = client
    this.#beat = setInterval(
      () => void this.#ask(client, { text: 'SELECT 1', values: [] }).catch(() => undefined),
      this.#times.beatMs,
    )
    this.#beat.unref()
    return client
  }

  /** Ends a connection, and lets the next question open another one. */
  #forget(client: Client): void {
    void client.end().catch(() => undefined)
    if (this.#client !== client) return
    clearInterval(this.#beat)
    this.#client = null
    this.#connecting = null
  }
}

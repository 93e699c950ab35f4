import { Client } from 'pg'
import { AppError } from '@/lib/domain/errors'
import type { HeldLock } from './database'

/** How long to wait for the server, in milliseconds. */
const connectTimeoutMs = 5_000

/**
 * Locks by name that only one process holds at a time, as session-level advisory locks on a connection of their own:
 * they may be held for as long as an upload takes, and end with the process that holds them.
 */
export class PostgresqlLocks {
  readonly #url: string
  readonly #held = new Map<string, Client>()
  #connecting: Promise<Client> | null = null
  #asking: Promise<unknown> = Promise.resolve()

  constructor(url: string) {
    this.#url = url
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
      const { rows } = await this.#ask(() => client.query<{ taken: boolean }>(sql, [name]))
      if (rows[0]?.taken !== true) this.#held.delete(name)
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
      await this.#ask(() => client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]))
    } catch (error) {
      // The lock was lost with its connection, perhaps long ago: the work was not protected by it. The client may say so
      // only after this.
      this.#connecting = null
      throw new AppError('UNAVAILABLE', { cause: error })
    }
  }

  /** Asks one thing after the other: a connection takes one statement at a time. */
  #ask<T>(question: () => Promise<T>): Promise<T> {
    const answer = this.#asking.then(question)
    this.#asking = answer.catch(() => undefined)
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
    const client = new Client({
      connectionString: this.#url,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      application_name: 'stele locks',
    })
    const forget = () => {
      this.#connecting = null
    }
    client.on('error', forget)
    client.on('end', forget)
    await client.connect()
    return client
  }
}

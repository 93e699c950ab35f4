import type { PrismaClient } from '../generated/sqlite/client'
import type { Database, SqlSource } from './database'

/** What the two databases do in their own ways. */
export interface Engine extends SqlSource, Pick<Database, 'sqlTransaction' | 'tryLock'> {
  /** The client as it was generated. On PostgreSQL it is the one for that, which has the same models and methods. */
  readonly client: PrismaClient
  /** Ends all connections, once what runs has ended. */
  close(): Promise<void>
}

/** What both generated clients are made with. */
export interface ClientOptions {
  /** How long a transaction may wait for its turn and may take, in milliseconds. */
  readonly transactionOptions: { readonly maxWait: number; readonly timeout: number }
}

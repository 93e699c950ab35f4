import type { PrismaClient } from '../generated/sqlite/client'
import type { Database, DirectReads, SqlSource } from './database'

/** What the two databases do in their own ways. */
export interface Engine extends SqlSource, Pick<Database, 'sqlTransaction' | 'tryLock'> {
  /** The generated client. PostgreSQL's own has the same models and methods. */
  readonly client: PrismaClient
  /** Reads as `read` does, on the event loop: no thread in between, and nothing else runs meanwhile. */
  readonly inlineRead: SqlSource['read']
  /** Reads on the event loop too, of one row. */
  readonly direct: DirectReads
  /** Ends all connections once running work has ended. */
  close(): Promise<void>
}

/** What both generated clients are made with. */
export interface ClientOptions {
  /** How long a transaction may wait for its turn and may take, in milliseconds. */
  readonly transactionOptions: { readonly maxWait: number; readonly timeout: number }
}

import type { SqlRunner } from './sql-runner'

/** What the two databases do in their own ways. */
export interface Engine {
  readonly provider: 'sqlite' | 'postgresql'
  /** For reads outside a transaction, which see the last commit; in a transaction, the transaction itself. */
  readonly reader: SqlRunner
  /** Runs `work` in a transaction. All of it is durable when this returns; none of it has happened when it throws. */
  runTransaction<T>(work: (tx: SqlRunner) => Promise<T>): Promise<T>
}

/** The engine of a database, not of a transaction. */
export interface DatabaseEngine extends Engine {
  /** Takes a lock that outlasts transactions, against all processes over the database; null when somebody has it. */
  tryLock(name: string): Promise<HeldLock | null>
  /** Lets go of what the engine has opened beside the client. */
  close(): Promise<void>
}

/** A lock that is held. */
export interface HeldLock {
  /** Gives it back. Throws UNAVAILABLE when it had been lost. */
  release(): Promise<void>
}

/** What both generated clients are made with. */
export interface ClientOptions {
  /** How long a transaction may wait for its turn and may take, in milliseconds. */
  readonly transactionOptions: { readonly maxWait: number; readonly timeout: number }
}

// On `globalThis`, because the server's bundle and Next's are two copies of this module that share one database.
const key = Symbol.for('stele.engines')
const shared = globalThis as unknown as { [key]: WeakMap<object, Engine | DatabaseEngine> | undefined }
const engines = (shared[key] ??= new WeakMap())

/** Makes `engine` the one of a database, or of a transaction. */
export function setEngine(source: object, engine: Engine): void {
  engines.set(source, engine)
}

/** The engine of a database or of a transaction. Throws for anything else: a lock must never be left out silently. */
export function engineOf(source: object): Engine {
  const engine = engines.get(source)
  if (engine === undefined) throw new Error('neither a database nor a transaction of lib/metadata/database.ts')
  return engine
}

/** The engine of a database. Throws for a transaction: what it does would outlast that. */
export function databaseEngineOf(database: object): DatabaseEngine {
  const engine = engineOf(database)
  if (!('tryLock' in engine)) throw new Error('a transaction has no locks that outlast it')
  return engine as DatabaseEngine
}

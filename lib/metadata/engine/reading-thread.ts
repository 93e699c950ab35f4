import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { SqlQuery, SqlResultSet } from '@prisma/driver-adapter-utils'
import { AppError } from '@/lib/domain/errors'
import { giveWay } from './give-way'

/** What a thread reads, in a form that it can be sent: a statement of plain SQL, or one of Prisma's models. */
export type Reading =
  | { readonly kind: 'sql'; readonly text: string; readonly values: readonly unknown[] }
  | { readonly kind: 'model'; readonly query: SqlQuery }

/** The rows of a statement as SQLite has them, with the names and the declared types of their columns. */
export interface RawRows {
  readonly names: readonly string[]
  readonly types: readonly (string | null)[]
  readonly rows: readonly (readonly unknown[])[]
}

/** What SQLite answers to each kind of reading. */
export interface Answers {
  readonly sql: RawRows
  readonly model: SqlResultSet
}

/** What a thread answers. */
export interface ThreadAnswer {
  readonly answer: unknown
  /** How long SQLite took, in milliseconds. */
  readonly tookMs: number
}

/** A thread that reads. `ReadingThread` is the one of the product. */
export interface Reader {
  /** Whether it can be given something to read. */
  readonly isIdle: boolean
  /** What SQLite answers; only while `isIdle`. Rejects with SQLite's error; with UNAVAILABLE when the thread ends. */
  read(reading: Reading): Promise<ThreadAnswer>
  /** Ends the thread, a running statement only with its end: nothing can interrupt SQLite from outside. */
  stop(): void
}

/**
 * Runs one statement after the other. Prisma's go through its stock adapter, so that their values are converted as they
 * are without a thread; those of plain SQL are converted by the receiver (`toRows`).
 */
const program = `${giveWay}
  const { parentPort, workerData } = require('node:worker_threads')
  const Sqlite = require(workerData.sqlite)
  const { PrismaBetterSqlite3 } = require(workerData.adapter)
  const options = { readonly: true, fileMustExist: true }
  const connection = new Sqlite(workerData.file, options)
  const kept = new Map()
  let models

  function prepare(text) {
    let prepared = kept.get(text)
    if (prepared !== undefined) return prepared
    const statement = connection.prepare(text).raw()
    const columns = statement.columns()
    prepared = { statement, names: columns.map(({ name }) => name), types: columns.map(({ type }) => type) }
    if (kept.size >= workerData.keptMax) kept.clear()
    kept.set(text, prepared)
    return prepared
  }

  function readSql({ text, values }) {
    const { statement, names, types } = prepare(text)
    return { names, types, rows: statement.all(...values) }
  }

  async function readModel({ query }) {
    models ??= await new PrismaBetterSqlite3({ ...options, url: workerData.file }).connect()
    return models.queryRaw(query)
  }

  parentPort.on('message', async (reading) => {
    const startedAt = performance.now()
    try {
      const answer = reading.kind === 'sql' ? readSql(reading) : await readModel(reading)
      parentPort.postMessage({ answer, tookMs: performance.now() - startedAt })
    } catch ({ name, message, code, cause }) {
      parentPort.postMessage({ failure: { name, message, code, cause } })
    }
  })`

/** Statements that a thread keeps prepared: a bound, since a list of values makes a text for each length. */
const keptMax = 500

const require = createRequire(import.meta.url)

type Reply =
  | (ThreadAnswer & { readonly failure?: undefined })
  | { readonly failure: { readonly name: string; readonly message: string } }

interface Awaited {
  readonly resolve: (answer: ThreadAnswer) => void
  readonly reject: (error: unknown) => void
}

/**
 * A thread with a read-only connection of its own to the SQLite database in `file`. It reads one thing at a time. While it
 * reads, it keeps the process running.
 */
export class ReadingThread implements Reader {
  readonly #worker: Worker
  #awaited: Awaited | null = null

  /** `onEnd` is called once, when the thread has ended, by itself or by `stop`. */
  constructor(file: string, onEnd: () => void) {
    const sqlite = require.resolve('better-sqlite3')
    const adapter = require.resolve('@prisma/adapter-better-sqlite3')
    this.#worker = new Worker(program, {
      eval: true,
      execArgv: [],
      workerData: { file, sqlite, adapter, keptMax },
      // A bound, not a reservation.
      resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 96 },
    })
    this.#worker.unref()
    let cause = new Error('the reading thread ended')
    this.#worker.on('error', (error) => {
      cause = error
    })
    this.#worker.on('exit', () => {
      onEnd()
      this.#settle()?.reject(new AppError('UNAVAILABLE', { cause }))
    })
    this.#worker.on('message', (reply: Reply) => {
      const awaited = this.#settle()
      if (reply.failure === undefined) awaited?.resolve(reply)
      else awaited?.reject(Object.assign(new Error(reply.failure.message), reply.failure))
    })
  }

  get isIdle(): boolean {
    return this.#awaited === null
  }

  read(reading: Reading): Promise<ThreadAnswer> {
    return new Promise((resolve, reject) => {
      this.#awaited = { resolve, reject }
      this.#worker.ref()
      this.#worker.postMessage(reading)
    })
  }

  stop(): void {
    this.#worker.unref()
    void this.#worker.terminate()
  }

  #settle(): Awaited | null {
    const awaited = this.#awaited
    this.#awaited = null
    this.#worker.unref()
    return awaited
  }
}

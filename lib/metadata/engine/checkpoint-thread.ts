import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'

/**
 * What a checkpoint does: NOOP only counts; PASSIVE copies what no reader still needs to be in the log, and keeps nobody
 * waiting; RESTART waits for readers and keeps writers waiting, so that the log begins anew.
 */
export type CheckpointMode = 'NOOP' | 'PASSIVE' | 'RESTART'

/** SQLite's log after a checkpoint, in pages. */
export interface WriteAheadLog {
  readonly pages: number
  /** How many of them are in the database file as well, and on disk there. */
  readonly copied: number
  /** Whether another connection kept the checkpoint from doing all of it. */
  readonly isBusy: boolean
}

const program = `
  const { parentPort, workerData } = require('node:worker_threads')
  const Sqlite = require(workerData.sqlite)
  const connection = new Sqlite(workerData.file, { fileMustExist: true, timeout: workerData.waitMs })
  parentPort.on('message', (mode) => {
    try {
      const [{ log, checkpointed, busy }] = connection.pragma('wal_checkpoint(' + mode + ')')
      parentPort.postMessage({ log: { pages: log, copied: checkpointed, isBusy: busy === 1 } })
    } catch ({ message, code }) {
      parentPort.postMessage({ failure: { message, code } })
    }
  })`

const require = createRequire(import.meta.url)

interface Reply {
  readonly log?: WriteAheadLog
  readonly failure?: { readonly message: string; readonly code: unknown }
}

/** A thread with a connection of its own to the SQLite database in `file`, for checkpoints. */
export class CheckpointThread {
  readonly #worker: Worker
  readonly #ended: Promise<Reply>
  #settle: ((reply: Reply) => void) | null = null

  /** A checkpoint that waits for readers does so for at most `waitMs`. */
  constructor(file: string, waitMs: number) {
    this.#worker = new Worker(program, {
      eval: true,
      execArgv: [],
      workerData: { file, waitMs, sqlite: require.resolve('better-sqlite3') },
      // A bound, not a reservation.
      resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 32 },
    })
    this.#worker.unref()
    let message = 'the thread for checkpoints has ended'
    this.#worker.on('error', (error) => (message = error.message))
    this.#worker.on('message', (reply: Reply) => this.#settle?.(reply))
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', () => resolve({ failure: { message, code: undefined } }))
    })
  }

  /** One at a time; keeps the process running meanwhile. Rejects with SQLite's error, or when the thread has ended. */
  async run(mode: CheckpointMode): Promise<WriteAheadLog> {
    const { log, failure } = await new Promise<Reply>((resolve) => {
      this.#settle = resolve
      void this.#ended.then(resolve)
      this.#worker.ref()
      this.#worker.postMessage(mode)
    })
    this.#settle = null
    this.#worker.unref()
    if (log === undefined) throw Object.assign(new Error(failure?.message), { code: failure?.code })
    return log
  }

  /** Ends the thread; resolves when its connection is closed. */
  async stop(): Promise<void> {
    await this.#worker.terminate()
  }
}

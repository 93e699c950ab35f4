import { stat } from 'node:fs/promises'
import type { CheckpointMode, WriteAheadLog } from './checkpoint-thread'

/** What makes checkpoints. `CheckpointThread` is the one of the product. */
export interface Checkpointer {
  run(mode: CheckpointMode): Promise<WriteAheadLog>
  stop(): Promise<void>
}

/** Pages in the log that are not in the database file, from which on they are copied: SQLite's own default. */
const copiedPages = 1_000

/** Pages of the log from which on it is made to begin anew: 8 MiB. */
const restartPages = 2_048

/** So many pages are copied while writers wait for the log to begin anew. */
const restPages = 100

/** If readers did not let it begin anew, writers work so many times as long as they waited before it is tried again. */
const workPerWait = 10

const pageBytes = 4_096

/** For how long writers wait for readers when the log is to begin anew, in milliseconds. */
export const restartWaitMs = 20

/** How long after a commit the log is looked at, in milliseconds. */
const tickMs = 50

/**
 * Copies what commits have written to the log of a SQLite database into the database file, on a thread. By itself SQLite
 * does that at the end of a commit, which then keeps the event loop for the time that the disk needs.
 *
 * SQLite begins the log anew when all of it has been copied, and would never find that moment while somebody always writes.
 * So when the log is long, the last few pages are copied while no unit of the queue runs. Units wait for that, and nothing
 * else does. A reader that keeps an old state of the database keeps the log growing until it ends.
 */
export class Checkpoints {
  readonly #logFile: string
  readonly #start: () => Checkpointer
  readonly #alone: (work: () => Promise<void>) => Promise<void>
  #thread: Checkpointer | null = null
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> | null = null
  #isDue = false
  #isClosed = false
  /** Pages of the log when it was last copied: what a reader kept from being copied is not tried again at once. */
  #triedPages = 0
  #restartAt = 0

  /** `alone` runs work while nobody in this process writes. */
  constructor(file: string, start: () => Checkpointer, alone: (work: () => Promise<void>) => Promise<void>) {
    this.#logFile = `${file}-wal`
    this.#start = start
    this.#alone = alone
  }

  /** To be called after each commit; takes no time. */
  noteCommit(): void {
    this.#isDue = true
    if (this.#timer !== null || this.#running !== null || this.#isClosed) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#isDue = false
      this.#running = this.#checkpoint().finally(() => {
        this.#running = null
        if (this.#isDue) this.noteCommit()
      })
    }, tickMs).unref()
  }

  /** Resolves when the thread has ended. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#running
    await this.#thread?.stop()
  }

  /** What fails is tried again after the next commit; until then the log is longer, and nothing else. */
  async #checkpoint(): Promise<void> {
    try {
      // Small databases need no thread.
      if (this.#thread === null && (await stat(this.#logFile)).size < copiedPages * pageBytes) return
      this.#thread ??= this.#start()
      await this.#copy(this.#thread)
    } catch {
      const thread = this.#thread
      this.#thread = null
      await thread?.stop()
    }
  }

  async #copy(thread: Checkpointer): Promise<void> {
    let log = await thread.run('NOOP')
    if (log.pages < this.#triedPages) this.#triedPages = 0
    if (log.pages - Math.max(log.copied, this.#triedPages) >= copiedPages) log = await this.#copyOnce(thread)
    if (log.pages < restartPages || performance.now() < this.#restartAt) return
    // Each round has less to copy than the one before, unless a reader holds it up or the disk is slower than the writers.
    let rest = Infinity
    while (restOf(log) > restPages && restOf(log) <= rest / 2) {
      rest = restOf(log)
      log = await this.#copyOnce(thread)
    }
    await this.#alone(async () => {
      const startedAt = performance.now()
      const { isBusy } = await thread.run('RESTART')
      const now = performance.now()
      this.#restartAt = isBusy ? now + workPerWait * (now - startedAt) : 0
    })
  }

  /** Copies what it can, and returns the log with all that was written meanwhile. */
  async #copyOnce(thread: Checkpointer): Promise<WriteAheadLog> {
    const { pages } = await thread.run('PASSIVE')
    this.#triedPages = pages
    return thread.run('NOOP')
  }
}

function restOf({ pages, copied }: WriteAheadLog): number {
  return pages - copied
}

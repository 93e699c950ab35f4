import { LRUCache } from 'lru-cache'
import { AppError } from '@/lib/domain/errors'
import type { Answers, Reader, Reading } from './reading-thread'

/** The bounds of a pool of reading threads. */
export interface ReadingLimits {
  /** Most threads at work. */
  readonly threads: number
  /** Most statements that wait for a thread. */
  readonly waitingMax: number
  /** How long a statement may take with its wait, in milliseconds. */
  readonly timeoutMs: number
}

const defaultLimits: ReadingLimits = { threads: 2, waitingMax: 1000, timeoutMs: 30_000 }

/** A statement that ran for longer counts as slow, in milliseconds. */
const slowMs = 20

/** How many slow statements are remembered, and how much of the text of each, in characters. */
const slowKeptMax = 500
const slowTextMax = 4_000

/** Most threads that still run a statement which nobody waits for any longer. */
const lostMax = 2

/** A statement that waits or runs. */
interface Asked {
  readonly reading: Reading
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: unknown) => void
  /** Fires when it has taken too long. */
  readonly timer: NodeJS.Timeout
  /** Where it runs, and since when; null while it waits. */
  running: { readonly thread: Reader; readonly startedAt: number } | null
}

/**
 * Reads a SQLite database on threads, so that no statement keeps the requests of the process waiting. Threads start when
 * they are needed. A statement that was slow the last time never gets the last free thread, so that quick ones need not
 * wait for slow ones. A statement sees all that was committed before it was asked for.
 *
 * A statement that takes too long fails. Its thread ends with it, and another takes its place at once; only so many at a
 * time, because nothing can interrupt SQLite.
 */
export class ReadingThreads {
  readonly #start: (onEnd: () => void) => Reader
  readonly #limits: ReadingLimits
  readonly #threads = new Set<Reader>()
  readonly #waiting: Asked[] = []
  readonly #running = new Set<Asked>()
  readonly #slow = new LRUCache<string, true>({ max: slowKeptMax })
  readonly #reads = new Set<Promise<unknown>>()
  #lost = 0
  #isClosed = false

  /** `start` starts a thread that calls `onEnd` when it has ended. */
  constructor(start: (onEnd: () => void) => Reader, limits: Partial<ReadingLimits> = {}) {
    this.#start = start
    this.#limits = { ...defaultLimits, ...limits }
  }

  /**
   * Rejects with SQLite's error; with UNAVAILABLE when too many statements wait, when this one takes too long, when its
   * thread ends, and after `close`.
   */
  read<K extends Reading['kind']>(reading: Reading & { readonly kind: K }): Promise<Answers[K]> {
    if (this.#isClosed) return Promise.reject(unavailable('the database is closed'))
    if (this.#waiting.length >= this.#limits.waitingMax) return Promise.reject(unavailable('too many reads wait'))
    const answer = new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(asked), this.#limits.timeoutMs)
      const asked: Asked = { reading, resolve, reject, timer, running: null }
      this.#waiting.push(asked)
      this.#startWaiting()
    })
    this.#reads.add(answer)
    const forget = () => this.#reads.delete(answer)
    answer.then(forget, forget)
    return answer as Promise<Answers[K]>
  }

  /** Ends the threads once all that was asked for is answered. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#reads)
    for (const thread of this.#threads) thread.stop()
  }

  /** Starts what waits, in order, on the threads that are free. */
  #startWaiting(): void {
    while (this.#waiting.length > 0) {
      const at = this.#mayStartSlow() ? 0 : this.#waiting.findIndex(({ reading }) => !this.#slow.has(keyOf(reading)))
      const asked = this.#waiting[at]
      const thread = asked && this.#freeThread()
      if (asked === undefined || thread === undefined) return
      this.#waiting.splice(at, 1)
      void this.#run(asked, thread)
    }
  }

  async #run(asked: Asked, thread: Reader): Promise<void> {
    const { reading, resolve, reject, timer } = asked
    asked.running = { thread, startedAt: performance.now() }
    this.#running.add(asked)
    try {
      const { answer, tookMs } = await thread.read(reading)
      resolve(answer)
      if (tookMs > slowMs) this.#slow.set(keyOf(reading), true)
      else this.#slow.delete(keyOf(reading))
    } catch (error) {
      reject(error)
    }
    clearTimeout(timer)
    this.#running.delete(asked)
    this.#startWaiting()
  }

  /** Whether a thread stays free for quick statements when a slow one is started. */
  #mayStartSlow(): boolean {
    const now = performance.now()
    const slow = [...this.#running].filter(
      ({ reading, running }) => this.#slow.has(keyOf(reading)) || now - (running?.startedAt ?? now) > slowMs,
    )
    return slow.length < Math.max(1, this.#limits.threads - 1)
  }

  #freeThread(): Reader | undefined {
    for (const thread of this.#threads) if (thread.isIdle) return thread
    const { threads } = this.#limits
    if (this.#threads.size >= threads || this.#threads.size + this.#lost >= threads + lostMax) return undefined
    const thread: Reader = this.#start(() => {
      if (!this.#threads.delete(thread)) this.#lost -= 1
    })
    this.#threads.add(thread)
    return thread
  }

  #giveUp(asked: Asked): void {
    asked.reject(unavailable('a read took too long'))
    const at = this.#waiting.indexOf(asked)
    if (at >= 0) this.#waiting.splice(at, 1)
    if (asked.running === null) return
    this.#slow.set(keyOf(asked.reading), true)
    const { thread } = asked.running
    this.#running.delete(asked)
    this.#threads.delete(thread)
    this.#lost += 1
    thread.stop()
    this.#startWaiting()
  }
}

/** What a statement is remembered by. */
function keyOf(reading: Reading): string {
  return (reading.kind === 'sql' ? reading.text : reading.query.sql).slice(0, slowTextMax)
}

function unavailable(message: string): AppError {
  return new AppError('UNAVAILABLE', { cause: new Error(message) })
}

/** How many failed log-ons are recorded one by one. */
export interface FailureRecordLimits {
  /** Of one account from one address, within a window. */
  readonly pairMax: number
  /** Of all, within a window. */
  readonly totalMax: number
  readonly windowMs: number
}

const limits: FailureRecordLimits = { pairMax: 5, totalMax: 60, windowMs: 60_000 }

/** Most counts that are put back: while the database is away for long, the newest go. */
const leftOutMax = 1000

/** Failures of a window that were not recorded one by one. */
export interface LeftOut<T> {
  /** The last of them that was, with its account and address; null for those of accounts that had no place at all. */
  readonly sample: T | null
  readonly count: number
}

interface Pair<T> {
  recorded: number
  leftOut: number
  sample: T
}

/**
 * Decides which failed log-ons are recorded one by one: the first few of an account and address in a minute, and of all
 * together not many. The others are counted, and the counts are given when the minute is over (`takeLeftOut`). In the
 * memory of the process: each process has its own limits.
 */
export class RecordLimiter<T> {
  readonly #limits: FailureRecordLimits
  #pairs = new Map<string, Pair<T>>()
  #startedAt = 0
  #recorded = 0
  /** Failures of accounts that came when there was no place any more. */
  #others = 0
  #ended: LeftOut<T>[] = []

  constructor(given: FailureRecordLimits = limits) {
    this.#limits = given
  }

  /** Whether a failure is to be recorded by itself; counts it. `key` is of its account and address. */
  admit(key: string, sample: T, now = Date.now()): boolean {
    this.#roll(now)
    const { pairMax, totalMax } = this.#limits
    const isFull = this.#recorded >= totalMax
    let pair = this.#pairs.get(key)
    if (pair === undefined) {
      if (isFull) {
        this.#others += 1
        return false
      }
      pair = { recorded: 0, leftOut: 0, sample }
      this.#pairs.set(key, pair)
    }
    if (isFull || pair.recorded >= pairMax) {
      pair.leftOut += 1
      return false
    }
    pair.recorded += 1
    pair.sample = sample
    this.#recorded += 1
    return true
  }

  /** What was left out in windows that are over, once; with `isLast`, also what the present one has left out so far. */
  takeLeftOut({ now = Date.now(), isLast = false } = {}): LeftOut<T>[] {
    this.#roll(isLast ? Infinity : now)
    const ended = this.#ended
    this.#ended = []
    return ended
  }

  /** Takes back what `takeLeftOut` gave and could not be recorded: it is given again the next time. */
  putBack(leftOut: readonly LeftOut<T>[]): void {
    this.#ended.unshift(...leftOut.slice(0, leftOutMax))
  }

  #roll(now: number): void {
    if (now - this.#startedAt < this.#limits.windowMs) return
    for (const { leftOut, sample } of this.#pairs.values()) {
      if (leftOut > 0) this.#ended.push({ sample, count: leftOut })
    }
    if (this.#others > 0) this.#ended.push({ sample: null, count: this.#others })
    this.#pairs = new Map()
    this.#others = 0
    this.#recorded = 0
    this.#startedAt = Number.isFinite(now) ? now : 0
  }
}

/** How many failed log-ons are recorded one by one. */
export interface FailureRecordLimits {
  /** Per account and address in a window. */
  readonly pairMax: number
  /** In total in a window. */
  readonly totalMax: number
  readonly windowMs: number
}

const limits: FailureRecordLimits = { pairMax: 5, totalMax: 60, windowMs: 60_000 }

/** Most counts that `putBack` keeps: during a long database outage the newest are dropped. */
const leftOutMax = 1000

/** Failures of a window that were not recorded one by one. */
export interface LeftOut<T> {
  /** The last recorded failure of the same account and address; null for accounts of which none could be recorded. */
  readonly sample: T | null
  readonly count: number
}

interface Pair<T> {
  recorded: number
  leftOut: number
  sample: T
}

/**
 * Decides which failed log-ons are recorded one by one: the first few per account and address in a minute, up to a
 * total. The others are counted; `takeLeftOut` returns the counts when the minute is over. The limits are per process,
 * in memory.
 */
export class RecordLimiter<T> {
  readonly #limits: FailureRecordLimits
  #pairs = new Map<string, Pair<T>>()
  #startedAt = 0
  #recorded = 0
  /** Failures of accounts that first failed after the total was reached. */
  #others = 0
  #ended: LeftOut<T>[] = []

  constructor(given: FailureRecordLimits = limits) {
    this.#limits = given
  }

  /** Counts a failure and returns whether to record it. `key` stands for its account and address. */
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

  /** Returns, only once, what past windows left out; with `isLast`, also what the current one has left out so far. */
  takeLeftOut({ now = Date.now(), isLast = false } = {}): LeftOut<T>[] {
    this.#roll(isLast ? Infinity : now)
    const ended = this.#ended
    this.#ended = []
    return ended
  }

  /** Takes back what could not be recorded; the next `takeLeftOut` returns it again. */
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

import { AppError } from '@/lib/domain/errors'

/** How many calls run at once, and how many may wait. */
export interface TurnstileLimits {
  readonly atOnce: number
  readonly waitingMax: number
}

/** Runs a few calls at once, in order; others wait, and are refused beyond a limit. */
export class Turnstile {
  readonly #atOnce: number
  readonly #waitingMax: number
  readonly #waiting: (() => void)[] = []
  #inside = 0

  constructor(limits: TurnstileLimits) {
    this.#atOnce = limits.atOnce
    this.#waitingMax = limits.waitingMax
  }

  /** Whether no call is running. Then none waits either. */
  get isEmpty(): boolean {
    return this.#inside === 0
  }

  /** Runs `work` when its turn comes. Throws UNAVAILABLE without running it when too many wait already. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside >= this.#atOnce) {
      if (this.#waiting.length >= this.#waitingMax) throw new AppError('UNAVAILABLE')
      // A call that ends hands its place to the next: `#inside` does not change.
      await new Promise<void>((enter) => this.#waiting.push(enter))
    } else {
      this.#inside += 1
    }
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#inside -= 1
      else next()
    }
  }
}

/** A turnstile for each key, kept only while a call is running. */
export class Turnstiles {
  readonly #limits: TurnstileLimits
  readonly #byKey = new Map<string, Turnstile>()

  constructor(limits: TurnstileLimits) {
    this.#limits = limits
  }

  /** How many keys have a running call. */
  get size(): number {
    return this.#byKey.size
  }

  /** Runs `work` when its turn comes among those of its key. Throws UNAVAILABLE when too many of them wait already. */
  async pass<T>(key: string, work: () => Promise<T>): Promise<T> {
    let turnstile = this.#byKey.get(key)
    if (turnstile === undefined) {
      turnstile = new Turnstile(this.#limits)
      this.#byKey.set(key, turnstile)
    }
    try {
      return await turnstile.pass(work)
    } finally {
      // Another turnstile may already have taken its place.
      if (turnstile.isEmpty && this.#byKey.get(key) === turnstile) this.#byKey.delete(key)
    }
  }
}

import { AppError } from '@/lib/domain/errors'

/** How many a turnstile lets through, and how many it lets wait. */
export interface TurnstileLimits {
  readonly atOnce: number
  readonly waitingMax: number
}

/** Lets a few through at once, in order; the rest wait, and beyond a limit are sent away. */
export class Turnstile {
  readonly #atOnce: number
  readonly #waitingMax: number
  readonly #waiting: (() => void)[] = []
  #inside = 0

  constructor(limits: TurnstileLimits) {
    this.#atOnce = limits.atOnce
    this.#waitingMax = limits.waitingMax
  }

  /** Whether nobody is inside. Then nobody waits either. */
  get isEmpty(): boolean {
    return this.#inside === 0
  }

  /** Runs `work` when its turn comes. Throws UNAVAILABLE without running it when too many wait already. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside >= this.#atOnce) {
      if (this.#waiting.length >= this.#waitingMax) throw new AppError('UNAVAILABLE')
      // Whoever leaves hands over its place: `#inside` stays as it is.
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

/** A turnstile for each key, kept no longer than somebody is inside. */
export class Turnstiles {
  readonly #limits: TurnstileLimits
  readonly #byKey = new Map<string, Turnstile>()

  constructor(limits: TurnstileLimits) {
    this.#limits = limits
  }

  /** How many keys somebody is inside of. */
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
      // Whoever leaves late may find another turnstile in its place already.
      if (turnstile.isEmpty && this.#byKey.get(key) === turnstile) this.#byKey.delete(key)
    }
  }
}

import { LRUCache } from 'lru-cache'
import { RateLimiterMemory } from 'rate-limiter-flexible'

/** How many failures are put up with. */
export interface FailureLimit {
  readonly failures: number
  /** From the first of them on: then they are forgotten, all at once. */
  readonly windowSeconds: number
}

/**
 * Counts failures by key, in the memory of the process and never of more than `keysMax` keys: beyond that, what was not
 * touched for the longest time is forgotten.
 */
export class FailureCounter {
  readonly #limit: FailureLimit
  readonly #limiter: RateLimiterMemory
  readonly #keys: LRUCache<string, true>

  constructor(limit: FailureLimit, keysMax: number) {
    const limiter = new RateLimiterMemory({ points: limit.failures, duration: limit.windowSeconds })
    this.#limit = limit
    this.#limiter = limiter
    this.#keys = new LRUCache({
      max: keysMax,
      ttl: limit.windowSeconds * 1000,
      dispose: (_, key, reason) => {
        if (reason === 'evict') void limiter.delete(key)
      },
    })
  }

  /** How long the key has to wait, in milliseconds; 0 while it may go on. */
  async waitMs(key: string): Promise<number> {
    const found = await this.#limiter.get(key)
    if (found === null || found.consumedPoints < this.#limit.failures) return 0
    // Whoever is kept waiting is not the one to be forgotten, so this is a touch.
    this.#keys.get(key)
    return Math.max(found.msBeforeNext, 0)
  }

  /** Whether any failure of the key is remembered. */
  hasAny(key: string): boolean {
    return this.#keys.has(key)
  }

  /** Counts a failure. */
  async fail(key: string): Promise<void> {
    this.#keys.set(key, true)
    await this.#limiter.penalty(key)
  }

  /** Forgets the key's failures. */
  async forget(key: string): Promise<void> {
    this.#keys.delete(key)
    await this.#limiter.delete(key)
  }
}

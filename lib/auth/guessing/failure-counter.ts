import { LRUCache } from 'lru-cache'
import { RateLimiterMemory } from 'rate-limiter-flexible'

/** How many failures are allowed in a window. */
export interface FailureLimit {
  readonly failures: number
  /** Starts with the first failure; at its end all failures are forgotten at once. */
  readonly windowSeconds: number
}

/**
 * Counts failures by key in the memory of the process, for at most `keysMax` keys; beyond that, the least recently used
 * key is forgotten.
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

  /** Returns how long the key must wait, in milliseconds; 0 when it need not. */
  async waitMs(key: string): Promise<number> {
    const found = await this.#limiter.get(key)
    if (found === null || found.consumedPoints < this.#limit.failures) return 0
    // Marks the key as used, so that a key that must wait is not the next to be forgotten.
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

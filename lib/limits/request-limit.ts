import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { AppError } from '@/lib/domain/errors'

/** Limits how many requests each caller may make in a minute, in the memory of the process. */
export class RequestLimit {
  readonly #limiter: RateLimiterMemory

  constructor(perMinute: number) {
    this.#limiter = new RateLimiterMemory({ points: perMinute, duration: 60 })
  }

  /**
   * Counts a request of a caller who is proven: the memory holds a number for each. Throws TOO_MANY_REQUESTS when the
   * caller has made too many.
   */
  async take(caller: string): Promise<void> {
    try {
      await this.#limiter.consume(caller)
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused
      const seconds = Math.ceil(Math.max(refused.msBeforeNext, 1) / 1000)
      throw new AppError('TOO_MANY_REQUESTS', { headers: { 'Retry-After': String(seconds) } })
    }
  }
}

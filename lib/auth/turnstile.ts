import { AppError } from '@/lib/domain/errors'

/** Lets a few through at once, in order; the rest wait, and beyond a limit are sent away. */
export class Turnstile {
  readonly #atOnce: number
  readonly #waitingMax: number
  readonly #waiting: (() => void)[] = []
  #inside = 0

  constructor(limits: { readonly atOnce: number; readonly waitingMax: number }) {
    this.#atOnce = limits.atOnce
    this.#waitingMax = limits.waitingMax
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

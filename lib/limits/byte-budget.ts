import { AppError } from '@/lib/domain/errors'

/**
 * Bounds how many bytes requests hold in memory at the same time. Those that do not fit wait for their turn, in order.
 */
export class ByteBudget {
  #free: number
  readonly #waiting: Waiting[] = []

  /** `waitMs`: how long a request waits at most, in milliseconds. */
  constructor(
    private readonly maxBytes: number,
    private readonly waitMs: number,
  ) {
    this.#free = maxBytes
  }

  /**
   * Runs `work` while `bytes` are taken from the budget; more than the whole budget counts as all of it. Throws
   * UNAVAILABLE, and does not run `work`, when they do not become free in time.
   */
  async run<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    const taken = Math.min(bytes, this.maxBytes)
    await this.#take(taken)
    try {
      return await work()
    } finally {
      this.#free += taken
      this.#wake()
    }
  }

  async #take(bytes: number): Promise<void> {
    if (this.#waiting.length === 0 && bytes <= this.#free) {
      this.#free -= bytes
      return
    }
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(
          new AppError('UNAVAILABLE', { message: 'too many large requests at the same time, nothing was changed' }),
        )
        // Those behind it may fit.
        this.#wake()
      }, this.waitMs)
      const waiting = { bytes, resolve, timer }
      this.#waiting.push(waiting)
    })
  }

  #wake(): void {
    for (let first = this.#waiting[0]; first !== undefined && first.bytes <= this.#free; first = this.#waiting[0]) {
      this.#waiting.shift()
      this.#free -= first.bytes
      clearTimeout(first.timer)
      first.resolve()
    }
  }
}

interface Waiting {
  readonly bytes: number
  readonly resolve: () => void
  readonly timer: NodeJS.Timeout
}

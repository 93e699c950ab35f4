import { setTimeout } from 'node:timers/promises'

/**
 * Who starts how much earlier, in milliseconds: whoever has lost starts earlier the next time, so that a race stays one
 * however much longer one way is than the other. The steps grow while one side keeps winning.
 */
export class HeadStart {
  /** Of the second; of the first where it is negative. */
  #ofSecond = 0
  #step = 1
  #last: 'first' | 'second' | null = null

  /** Runs both, one earlier than the other. */
  race<A, B>(first: () => Promise<A>, second: () => Promise<B>): Promise<[A, B]> {
    const after = async <T>(waitMs: number, run: () => Promise<T>): Promise<T> => {
      if (waitMs > 0) await setTimeout(waitMs)
      return run()
    }
    return Promise.all([after(this.#ofSecond, first), after(-this.#ofSecond, second)])
  }

  /** Who has won, for the next race. */
  note(winner: 'first' | 'second'): void {
    this.#step = winner === this.#last ? Math.min(this.#step * 2, 64) : 1
    this.#last = winner
    this.#ofSecond += winner === 'first' ? this.#step : -this.#step
  }
}

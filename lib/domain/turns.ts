import { setImmediate } from 'node:timers/promises'

/** Runs costly work one piece after the other, and lets other requests have a turn before each. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs `work` when all work before it has ended. Resolves or rejects as it does. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      await setImmediate()
      return work()
    })
    this.#last = turn.catch(() => undefined)
    return turn
  }
}

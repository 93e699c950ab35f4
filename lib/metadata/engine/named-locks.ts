import type { HeldLock } from './database'

/** Locks by name of one process: for a database of which it is the only writer. */
export class NamedLocks {
  readonly #held = new Set<string>()

  /** Takes the lock; null when it is held. */
  tryTake(name: string): HeldLock | null {
    if (this.#held.has(name)) return null
    this.#held.add(name)
    return {
      release: () => {
        this.#held.delete(name)
        return Promise.resolve()
      },
    }
  }
}

/** Numbers that a seed decides: the same seed gives the same numbers. */
export class Random {
  #state: number

  /** Each list of numbers is a seed of its own. */
  constructor(...seed: readonly number[]) {
    this.#state = 0x9e3779b9
    for (const part of seed) {
      this.#state = Math.imul(this.#state ^ part, 0x85ebca6b)
      this.#next()
    }
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number {
    return Math.floor(this.#next() * end)
  }

  /** One of them. */
  pick<T>(all: readonly [T, ...T[]]): T {
    return all[this.below(all.length)] ?? all[0]
  }

  /** True with this probability, of 1. */
  chance(probability: number): boolean {
    return this.#next() < probability
  }

  /** Mulberry32, from 0 up to 1. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

import { hash as digest, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'

/**
 * Remembers which secrets were verified against which hash, so that each request of a `docker push` does not pay for
 * argon2 again.
 *
 * Being stale cannot break a promise: the key holds the hash itself, and the caller reads the hash freshly each time. A
 * changed password has another hash, a deleted user has none. The secret is kept only as a digest that begins with a key
 * which this process made and never writes down.
 */
export class VerifiedSecrets {
  readonly #key = randomBytes(32).toString('base64')
  readonly #known: LRUCache<string, true>
  readonly #underWay = new Map<string, Promise<boolean>>()

  /** Remembers the `capacity` secrets that were used last. */
  constructor(capacity: number) {
    this.#known = new LRUCache({ max: capacity })
  }

  /**
   * Whether `secret` fits `hash`: from memory, else by `verify`. Only successes are remembered. Callers that ask for
   * the same while it is being verified share one run.
   */
  async check(hash: string, secret: string, verify: () => Promise<boolean>): Promise<boolean> {
    const id = this.#idOf(hash, secret)
    if (this.#isKnown(id)) return true
    let run = this.#underWay.get(id)
    if (run === undefined) {
      run = verify().finally(() => this.#underWay.delete(id))
      this.#underWay.set(id, run)
    }
    if (!(await run)) return false
    this.#known.set(id, true)
    return true
  }

  /** Whether `secret` was verified against `hash` before and is still remembered. */
  knows(hash: string, secret: string): boolean {
    return this.#isKnown(this.#idOf(hash, secret))
  }

  #idOf(hash: string, secret: string): string {
    // In one call: an object for each request would be more work for the garbage collector than the digest is.
    return digest('sha256', `${this.#key}\0${hash}\0${secret}`, 'base64')
  }

  #isKnown(id: string): boolean {
    return this.#known.get(id) === true
  }
}

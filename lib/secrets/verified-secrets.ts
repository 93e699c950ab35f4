import { hash as digest, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'

/**
 * Remembers which secrets were verified against which hash, so that each request of a `docker push` does not pay for
 * argon2 again.
 *
 * Stale entries are harmless: the cache key includes the hash, and the caller reads the current hash each time. A
 * changed password has another hash, a deleted user has none. The secret is kept only as a digest, salted with a key
 * that this process created and never stores.
 */
export class VerifiedSecrets {
  readonly #key = randomBytes(32).toString('base64')
  readonly #known: LRUCache<string, true>
  readonly #underWay = new Map<string, Promise<boolean>>()

  /** Remembers the `capacity` most recently used secrets. */
  constructor(capacity: number) {
    this.#known = new LRUCache({ max: capacity })
  }

  /**
   * Returns whether `secret` matches `hash`: from memory, else by `verify`. Only successes are remembered. Concurrent
   * calls with the same secret and hash share one run.
   */
  async check(hash: string, secret: string, verify: () => Promise<boolean>): Promise<boolean> {
    // One call without a hash object: collecting an object for each request would cost more than the digest.
    const id = digest('sha256', `${this.#key}\0${hash}\0${secret}`, 'base64')
    if (this.#known.get(id) === true) return true
    let run = this.#underWay.get(id)
    if (run === undefined) {
      run = verify().finally(() => this.#underWay.delete(id))
      this.#underWay.set(id, run)
    }
    if (!(await run)) return false
    this.#known.set(id, true)
    return true
  }
}

import { randomBytes } from 'node:crypto'
import * as argon2 from '@node-rs/argon2'
import { Turnstile } from '@/lib/limits/turnstile'
import { VerifiedSecrets } from './verified-secrets'

/** OWASP's first recommendation for argon2id; 20–40 ms on one core. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Longest secret that is verified, in characters; the schema of the log-on has the same limit. */
const secretMaxLength = 256

/**
 * Hashes and verifies passwords and secrets of robots. A process has one instance: all doors share its queue and its
 * memory.
 */
export class Passwords {
  readonly #argon2: Pick<typeof argon2, 'hash' | 'verify'>
  // Two at once leave two of the process's four threads for file access by pushes; a full queue means an attack or a
  // fault.
  readonly #turnstile = new Turnstile({ atOnce: 2, waitingMax: 256 })
  readonly #verified = new VerifiedSecrets(1024)
  #decoyHash: Promise<string> | undefined

  constructor(algorithm: Pick<typeof argon2, 'hash' | 'verify'> = argon2) {
    this.#argon2 = algorithm
  }

  /** Returns the argon2id hash of a password or secret, as stored. Throws UNAVAILABLE when too many wait. */
  async hash(password: string): Promise<string> {
    return this.#turnstile.pass(() => this.#argon2.hash(password, cost))
  }

  /**
   * Returns whether `password` matches a hash that may be missing. Takes as long without a hash as with a wrong
   * password, so that the response time does not reveal which users exist. Throws UNAVAILABLE when too many wait.
   */
  async verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    // Created before the hash is checked, so that the first call of the process pays for it in both cases.
    const decoy = await (this.#decoyHash ??= this.#argon2.hash(randomBytes(32), cost))
    if (password.length > secretMaxLength) return false
    const run = (hash: string) => this.#turnstile.pass(() => this.#argon2.verify(hash, password))
    if (passwordHash !== undefined) return this.#verified.check(passwordHash, password, () => run(passwordHash))
    // Runs are not shared here: callers with the same stored hash and password share one run, but all unknown names use
    // the same decoy.
    await run(decoy)
    return false
  }
}

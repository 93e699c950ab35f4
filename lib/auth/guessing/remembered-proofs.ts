import { hash, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { WriterNeeded } from '@/lib/domain/writer-needed'
import { addressGroup } from './address-group'
import type { Attempts, SecretAttempt } from './attempts'

/** How long a proof is remembered, in milliseconds: the process that counts hears of each credential once a minute. */
const rememberedMs = 60_000

/** Looked up at each call: a test replaces the clock. */
const perf = { now: () => performance.now() }

/**
 * Stands for `Attempts` in a process that leaves all guesses to another one, and remembers what that one has let in
 * during the last minute.
 *
 * Letting a remembered secret in must not answer guesses that the other process would refuse. So any different secret
 * for the same account and address is a reason to forget: the right one is then asked for again, and counts there as
 * everywhere.
 */
export class RememberedProofs implements Pick<Attempts, 'guard' | 'prove'> {
  /** Without it, nobody can compute a digest of a secret. */
  readonly #key = randomBytes(32).toString('base64')
  /** Digests of secrets and what they were compared with, by account and address. */
  readonly #proven = new LRUCache<string, string>({ max: 1000, ttl: rememberedMs, perf })

  /** Resolves to true for a remembered secret. Rejects with WriterNeeded for any other, and learns from the answer. */
  prove({ kind, account, address, secret, comparedWith }: SecretAttempt): Promise<boolean> {
    const place = [kind, account, addressGroup(address)].join('\0')
    // What it is compared with never becomes the same again, so a proof cannot be one of an earlier secret.
    const id = hash('sha256', [this.#key, place, comparedWith ?? '', secret].join('\0'), 'base64')
    if (this.#proven.get(place) === id) return Promise.resolve(true)
    this.#proven.delete(place)
    const learn = (status: number) => {
      if (status < 300) this.#proven.set(place, id)
    }
    return Promise.reject(new WriterNeeded(learn))
  }

  /** Rejects with WriterNeeded. */
  guard(): Promise<never> {
    return Promise.reject(new WriterNeeded())
  }
}

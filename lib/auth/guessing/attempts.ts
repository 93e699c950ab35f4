import { hash as digest } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { AppError } from '@/lib/domain/errors'
import { addressGroup, isLoopback } from './address-group'
import { FailureCounter, type FailureLimit } from './failure-counter'
import { Turnstiles } from '@/lib/secrets/turnstile'

/** One try to prove who one is. */
export interface Attempt {
  /**
   * Which secret is tried. Each is counted by itself: who knows an account's registry password, and may clear its
   * failures by logging on, must not be able to clear those of its console password.
   */
  readonly kind: 'password' | 'second-factor' | 'registry' | 'access-key' | 'single-sign-on'
  /** Whose secret it would be, as the caller says, whether there is such an account or not. */
  readonly account: string
  /**
   * Whether the secret names its bearer by itself (temporary token, refresh token) and stands for the account. Failures
   * count for the address alone then: each is of another account, and many would crowd the counts of real ones out.
   */
  readonly isBearer?: true
  /** Of the client. */
  readonly address: string
}

/** How many failures are put up with: docs/decisions/0015-guards.md says why these. */
export interface AttemptLimits {
  /** Of one account from one address; a success clears it. */
  readonly pair: FailureLimit
  /** Of one account from all addresses that are strange to it; of each other address by itself. */
  readonly account: FailureLimit
  /** From one address to accounts that it is strange to. */
  readonly address: FailureLimit
  /** The same from the machine's own address, which is that of everybody behind a proxy that is not trusted. */
  readonly loopback: FailureLimit
}

const minute = 60

const limits: AttemptLimits = {
  pair: { failures: 10, windowSeconds: 15 * minute },
  account: { failures: 100, windowSeconds: 60 * minute },
  address: { failures: 100, windowSeconds: 15 * minute },
  loopback: { failures: 1000, windowSeconds: 15 * minute },
}

/** Most keys that are kept of each counter: some ten megabytes in all, when they are full. */
const keysMax = 20_000

/** How long an address stays no stranger to an account that was proven there. */
const knownMs = 7 * 24 * 60 * 60 * 1000

/** Longest account and address whose keys are remembered, in characters: an account is anything that a client sends. */
const keptAttemptMax = 200

/** What an attempt is counted by. */
interface AttemptKeys {
  readonly accountKey: string
  readonly group: string
  readonly pairKey: string
}

interface Count {
  readonly counter: FailureCounter
  readonly key: string
}

/** Limits guessing, at all doors of the process. Only failures count; whoever is limited is refused before the secret is looked at, right or wrong. */
export class Attempts {
  readonly #pairs: FailureCounter
  readonly #accounts: FailureCounter
  readonly #addresses: FailureCounter
  readonly #loopback: FailureCounter
  /** Pairs of account and address that have proven themselves. */
  readonly #known = new LRUCache<string, true>({ max: keysMax, ttl: knownMs })
  /** Keys of the latest attempts: some clients prove themselves with each request, and three hashes are a tenth of one. */
  readonly #keys = new LRUCache<string, AttemptKeys>({ max: 1000 })
  // What is under way is not counted yet. So few at once, and a limit is overstepped by no more than that.
  readonly #pairTurns = new Turnstiles({ atOnce: 4, waitingMax: 256 })
  readonly #accountTurns = new Turnstiles({ atOnce: 8, waitingMax: 256 })
  readonly #addressTurns = new Turnstiles({ atOnce: 16, waitingMax: 1024 })

  constructor(given: AttemptLimits = limits) {
    this.#pairs = new FailureCounter(given.pair, keysMax)
    this.#accounts = new FailureCounter(given.account, keysMax)
    this.#addresses = new FailureCounter(given.address, keysMax)
    this.#loopback = new FailureCounter(given.loopback, keysMax)
  }

  /**
   * Whether the account has proven itself at the address before, and nobody has failed to since then. Then `guard` would
   * let the attempt through; this tells so for less, to those who are asked again and again.
   */
  isQuiet(attempt: Attempt): boolean {
    const { pairKey } = this.#keysOf(attempt)
    return this.#known.has(pairKey) && !this.#pairs.hasAny(pairKey) && !this.#accounts.hasAny(pairKey)
  }

  /**
   * Runs `check`, which answers who was proven, or null. Null counts as a failure, and so does an AppError of status 401
   * that it throws; anything else it throws (the database is away) counts as nothing.
   *
   * Throws TOO_MANY_ATTEMPTS without running it when there were too many failures, and UNAVAILABLE when too many tries
   * wait. Counts are kept by hashes of account and address.
   */
  async guard<T>(attempt: Attempt, check: () => Promise<T | null>): Promise<T | null> {
    const { kind, address, isBearer } = attempt
    const { accountKey, pairKey, group } = this.#keysOf(attempt)
    const pair = { counter: this.#pairs, key: pairKey }
    return this.#pairTurns.pass(pairKey, () => {
      // Others' failures elsewhere lock nobody out of where they have been: that would be an easy way to harm them.
      // But somebody behind the same address may guess while the owner keeps clearing `pair`, so those count too.
      if (this.#known.has(pairKey)) {
        return this.#try(pair, isBearer ? [] : [pair, { counter: this.#accounts, key: pairKey }], check)
      }
      const wide = { counter: isLoopback(address) ? this.#loopback : this.#addresses, key: hash(group) }
      const counts = isBearer ? [wide] : [pair, { counter: this.#accounts, key: accountKey }, wide]
      // Whoever holds a place waits for the next of these three only: nobody waits in a circle.
      return this.#accountTurns.pass(accountKey, () =>
        // By kind: a provider of single sign-on that takes its time must not keep those waiting who have a password.
        this.#addressTurns.pass(`${kind} ${group}`, () => this.#try(pair, counts, check)),
      )
    })
  }

  #keysOf({ kind, account, address }: Attempt): AttemptKeys {
    const asked = `${kind}\0${account}\0${address}`
    const known = this.#keys.get(asked)
    if (known !== undefined) return known
    const accountKey = hash(kind, account.trim().toLowerCase())
    const group = addressGroup(address)
    const keys = { accountKey, group, pairKey: hash(accountKey, group) }
    if (asked.length <= keptAttemptMax) this.#keys.set(asked, keys)
    return keys
  }

  async #try<T>(pair: Count, counts: readonly Count[], check: () => Promise<T | null>): Promise<T | null> {
    const waits = await Promise.all(counts.map(({ counter, key }) => counter.waitMs(key)))
    const waitMs = Math.max(0, ...waits)
    if (waitMs > 0) throw tooMany(Math.ceil(waitMs / 1000))
    const fail = () => Promise.all(counts.map(({ counter, key }) => counter.fail(key)))
    let proven: T | null
    try {
      proven = await check()
    } catch (error) {
      if (AppError.is(error) && error.status === 401) await fail()
      throw error
    }
    if (proven === null) {
      await fail()
      return null
    }
    this.#known.set(pair.key, true)
    await pair.counter.forget(pair.key)
    return proven
  }
}

function tooMany(retryAfterSeconds: number): AppError {
  const minutes = Math.ceil(retryAfterSeconds / minute)
  return new AppError('TOO_MANY_ATTEMPTS', {
    message: `too many failed attempts to log on, try again in ${minutes} minute${minutes === 1 ? '' : 's'}`,
    detail: { retryAfterSeconds },
    headers: { 'Retry-After': String(retryAfterSeconds) },
  })
}

function hash(...parts: readonly string[]): string {
  return digest('sha256', parts.join('\0'), 'base64')
}

import { hash as digest } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { AppError } from '@/lib/domain/errors'
import { addressGroup, isLoopback } from './address-group'
import { FailureCounter, type FailureLimit } from './failure-counter'
import { Turnstiles } from '@/lib/limits/turnstile'

/** One attempt to authenticate. */
export interface Attempt {
  /**
   * Which kind of secret is tried. Each kind is counted separately: a caller who knows an account's registry password,
   * and can clear its failures by logging on, must not clear those of its console password.
   */
  readonly kind: 'password' | 'second-factor' | 'registry' | 'access-key' | 'single-sign-on'
  /** The account that the caller names, whether it exists or not. */
  readonly account: string
  /**
   * Whether the secret alone identifies its bearer (temporary token, refresh token) and stands for the account. Then
   * failures count for the address only: each would be a different account, and many would push out the counts of real
   * ones.
   */
  readonly isBearer?: true
  /** Of the client. */
  readonly address: string
}

/** How many failures are allowed; docs/decisions/0015-guards.md explains the numbers. */
export interface AttemptLimits {
  /** Per account and address; a success clears it. */
  readonly pair: FailureLimit
  /** Per account from all unknown addresses together; from each known address separately. */
  readonly account: FailureLimit
  /** Per address, over the accounts that it is not known to. */
  readonly address: FailureLimit
  /** The same for the loopback address, which all clients behind an untrusted proxy share. */
  readonly loopback: FailureLimit
}

const minute = 60

const limits: AttemptLimits = {
  pair: { failures: 10, windowSeconds: 15 * minute },
  account: { failures: 100, windowSeconds: 60 * minute },
  address: { failures: 100, windowSeconds: 15 * minute },
  loopback: { failures: 1000, windowSeconds: 15 * minute },
}

/** Most keys that each counter keeps: about ten megabytes in total when all are full. */
const keysMax = 20_000

/** How long an address stays known to an account that authenticated from it. */
const knownMs = 7 * 24 * 60 * 60 * 1000

/** Longest attempt whose keys are remembered, in characters: the account is any text that a client sends. */
const keptAttemptMax = 200

/** The keys that an attempt is counted by. */
interface AttemptKeys {
  readonly accountKey: string
  readonly group: string
  readonly pairKey: string
}

interface Count {
  readonly counter: FailureCounter
  readonly key: string
}

/**
 * Limits guessing at all doors of the process. Only failures count; a limited caller is refused before the secret is
 * checked, right or wrong.
 */
export class Attempts {
  readonly #pairs: FailureCounter
  readonly #accounts: FailureCounter
  readonly #addresses: FailureCounter
  readonly #loopback: FailureCounter
  /** Pairs of account and address that have authenticated. */
  readonly #known = new LRUCache<string, true>({ max: keysMax, ttl: knownMs })
  /**
   * Keys of the latest attempts: some clients authenticate with each request, and three hashes are a tenth of a
   * request's cost.
   */
  readonly #keys = new LRUCache<string, AttemptKeys>({ max: 1000 })
  // Attempts in progress are not counted yet. These numbers bound by how much a limit can be exceeded.
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
   * Whether the account authenticated from the address before, with no failures since. Then `guard` would let the
   * attempt through; this check is cheaper, for callers that authenticate again and again.
   */
  isQuiet(attempt: Attempt): boolean {
    const { pairKey } = this.#keysOf(attempt)
    return this.#known.has(pairKey) && !this.#pairs.hasAny(pairKey) && !this.#accounts.hasAny(pairKey)
  }

  /**
   * Runs `check` and returns its result: what was proven, or null. Null counts as a failure, and so does an AppError of
   * status 401 that it throws; any other error (no database) is not counted.
   *
   * Throws TOO_MANY_ATTEMPTS without running it after too many failures, and UNAVAILABLE when too many attempts wait.
   * Counts are kept by hashes of account and address.
   */
  async guard<T>(attempt: Attempt, check: () => Promise<T | null>): Promise<T | null> {
    const { kind, address, isBearer } = attempt
    const { accountKey, pairKey, group } = this.#keysOf(attempt)
    const pair = { counter: this.#pairs, key: pairKey }
    return this.#pairTurns.pass(pairKey, () => {
      // Failures at other addresses do not lock an account out of its known addresses: that would be an easy attack.
      // But another client at the same address may guess while the owner keeps clearing `pair`, so `accounts` counts
      // here too.
      if (this.#known.has(pairKey)) {
        return this.#try(pair, isBearer ? [] : [pair, { counter: this.#accounts, key: pairKey }], check)
      }
      const wide = { counter: isLoopback(address) ? this.#loopback : this.#addresses, key: hash(group) }
      const counts = isBearer ? [wide] : [pair, { counter: this.#accounts, key: accountKey }, wide]
      // The three are always entered in this order, so there is no deadlock.
      return this.#accountTurns.pass(accountKey, () =>
        // Per kind: a slow single sign-on provider must not delay password log-ons.
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

import { hash as digest, randomBytes } from 'node:crypto'
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
  readonly kind: 'password' | 'second-factor' | 'registry' | 'access-key' | 'single-sign-on' | 'invitation'
  /** The account that the caller names, whether it exists or not. */
  readonly account: string
  /**
   * Whether the server made the secret, of 128 random bits or more (robot, token, access key). Nobody guesses it, so
   * its failures lock no account: they count for the address only.
   */
  readonly isUnguessable?: true
  /** Of the client. */
  readonly address: string
}

/** An attempt to authenticate with a secret that stays the same until its owner changes it. */
export interface SecretAttempt extends Attempt {
  readonly secret: string
  /**
   * What the secret is compared with, as stored at this moment (a hash); null when there is nothing. What was learned
   * about a secret is never applied to another stored value, so a secret that has become right is not refused.
   */
  readonly comparedWith: string | null
}

/** How many failures are allowed; docs/decisions/0015-guards.md explains the numbers. */
export interface AttemptLimits {
  /** Per account and address; a success clears it. */
  readonly pair: FailureLimit
  /** Per account from all unknown addresses together; from each known address separately. */
  readonly account: FailureLimit
  /** Per address, over the accounts that it is not known to; of unguessable secrets also per known account. */
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

/** Most keys that each counter and each memory keeps: about sixteen megabytes in total when all are full. */
const defaultKeysMax = 20_000

/** How long an address stays known to an account that authenticated from it. */
const knownMs = 7 * 24 * 60 * 60 * 1000

/** How long after its last proof a secret is let in without regard to failures. */
const recentMs = 15 * minute * 1000

/** How long the same wrong secret counts once: the longest window of the limits. */
const triedMs = 60 * minute * 1000

/** Longest attempt whose keys are remembered, in characters: the account is any text that a client sends. */
const keptAttemptMax = 200

/** Looked up at each call: a test replaces the clock. */
const perf = { now: () => performance.now() }

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
 * Limits guessing at all doors of the process. Only failures count. A limited caller is refused before the secret is
 * checked, right or wrong, unless the secret was proven in the last minutes.
 */
export class Attempts {
  readonly #pairs: FailureCounter
  readonly #accounts: FailureCounter
  readonly #addresses: FailureCounter
  readonly #loopback: FailureCounter
  /** Pairs of account and address that have authenticated, and when they last did. */
  readonly #known: LRUCache<string, number>
  /** Digests of the secrets that were proven in the last minutes. */
  readonly #recent: LRUCache<string, true>
  /** Digests of the secrets that were counted: verified and wrong, or refused without a check. */
  readonly #tried: LRUCache<string, 'wrong' | 'refused'>
  /** Attempts in progress, which others with the same secret wait for. */
  readonly #underWay = new Map<string, Promise<boolean>>()
  /** Without it, nobody can compute a digest of a secret. */
  readonly #digestKey = randomBytes(32).toString('base64')
  /**
   * Keys of the latest attempts: some clients authenticate with each request, and three hashes are a tenth of a
   * request's cost.
   */
  readonly #keys = new LRUCache<string, AttemptKeys>({ max: 1000 })
  // Attempts in progress are not counted yet. These numbers bound by how much a limit can be exceeded.
  readonly #pairTurns = new Turnstiles({ atOnce: 4, waitingMax: 256 })
  readonly #accountTurns = new Turnstiles({ atOnce: 8, waitingMax: 1024 })
  readonly #addressTurns = new Turnstiles({ atOnce: 16, waitingMax: 1024 })

  /** Keeps at most `keysMax` keys in each memory, and takes their space at once: milliseconds for the default. */
  constructor(given: AttemptLimits = limits, keysMax = defaultKeysMax) {
    this.#known = new LRUCache({ max: keysMax, ttl: knownMs, perf })
    this.#recent = new LRUCache({ max: keysMax, ttl: recentMs, perf })
    this.#tried = new LRUCache({ max: keysMax, ttl: triedMs, perf })
    this.#pairs = new FailureCounter(given.pair, keysMax)
    this.#accounts = new FailureCounter(given.account, keysMax)
    this.#addresses = new FailureCounter(given.address, keysMax)
    this.#loopback = new FailureCounter(given.loopback, keysMax)
  }

  /**
   * Returns whether a secret is right: from memory, else by `verify`. One verification serves all who present the same
   * secret at the same moment. The same wrong secret again costs no verification and is no further guess; an empty one
   * is none at all.
   *
   * A secret that was proven in the last minutes is let in whatever failed meanwhile; a guessable one only at the
   * address where it was proven, and not when too many different wrong ones were tried there.
   *
   * Throws as `guard` does.
   */
  async prove(attempt: SecretAttempt, verify: () => Promise<boolean>): Promise<boolean> {
    if (attempt.secret === '') return false
    const keys = this.#keysOf(attempt)
    const id = this.#idOf(attempt, keys)
    if (await this.#isLetIn(attempt, keys, id)) {
      await this.#noteProof(keys, id)
      return true
    }
    // Others at the same address only: each address has its own limits.
    const place = `${id} ${keys.group}`
    const first = this.#underWay.get(place)
    if (first !== undefined) return first
    const run = this.#takeTurns(attempt, keys, (counts) => this.#verify(attempt, keys, counts, { id, verify })).finally(
      () => this.#underWay.delete(place),
    )
    this.#underWay.set(place, run)
    return run
  }

  /**
   * Runs `check` and returns its result: what was proven, or null. Null counts as a failure, and so does an AppError of
   * status 401 that it throws; any other error (no database) is not counted.
   *
   * Throws TOO_MANY_ATTEMPTS without running it after too many failures, and UNAVAILABLE when too many attempts wait.
   * Counts are kept by hashes of account and address. An unguessable account that succeeded at the address in the last
   * minutes is always checked: others there must not lock it out, and nobody learns anything by trying.
   */
  async guard<T>(attempt: Attempt, check: () => Promise<T | null>): Promise<T | null> {
    const keys = this.#keysOf(attempt)
    return this.#takeTurns(attempt, keys, async (counts) => {
      if (attempt.isUnguessable !== true || !this.#isProvenRecently(keys)) await assertNoWait(counts)
      let proven: T | null
      try {
        proven = await check()
      } catch (error) {
        if (AppError.is(error) && error.status === 401) await fail(counts)
        throw error
      }
      if (proven === null) await fail(counts)
      else await this.#noteSuccess(keys)
      return proven
    })
  }

  /** Runs `work` in its turn with what a failure of the attempt counts for. */
  async #takeTurns<T>(
    { kind, address, isUnguessable }: Attempt,
    { accountKey, pairKey, group }: AttemptKeys,
    work: (counts: readonly Count[]) => Promise<T>,
  ): Promise<T> {
    const pair = { counter: this.#pairs, key: pairKey }
    const addresses = isLoopback(address) ? this.#loopback : this.#addresses
    return this.#pairTurns.pass(pairKey, () => {
      // Failures at other addresses do not lock an account out of its known addresses: that would be an easy attack.
      // But another client at the same address may guess while the owner keeps clearing `pair`, so `accounts` counts
      // here too. What nobody guesses is limited here only because a verification costs time.
      if (this.#known.has(pairKey)) {
        const own = { counter: isUnguessable ? addresses : this.#accounts, key: pairKey }
        return work(isUnguessable ? [own] : [pair, own])
      }
      const wide = { counter: addresses, key: hash(group) }
      // Per kind: a slow single sign-on provider must not delay password log-ons.
      const addressTurn = `${kind} ${group}`
      if (isUnguessable) return this.#addressTurns.pass(addressTurn, () => work([wide]))
      const counts = [pair, { counter: this.#accounts, key: accountKey }, wide]
      // The three are always entered in this order, so there is no deadlock.
      return this.#accountTurns.pass(accountKey, () => this.#addressTurns.pass(addressTurn, () => work(counts)))
    })
  }

  async #verify(
    attempt: Attempt,
    keys: AttemptKeys,
    counts: readonly Count[],
    { id, verify }: { readonly id: string; readonly verify: () => Promise<boolean> },
  ): Promise<boolean> {
    const tried = this.#tried.get(id)
    try {
      await assertNoWait(counts)
    } catch (error) {
      // Where a proven secret is let in, each other one that is refused is a guess too.
      if (tried === undefined && (await this.#letsProvenIn(attempt, keys))) {
        this.#tried.set(id, 'refused')
        await this.#accounts.fail(keys.pairKey)
      }
      throw error
    }
    if (tried === 'wrong') return false
    if (await verify()) {
      await this.#noteProof(keys, id)
      return true
    }
    this.#tried.set(id, 'wrong')
    await fail(counts)
    return false
  }

  /** Whether the secret was proven in the last minutes, and is let in without regard to failures. */
  async #isLetIn({ isUnguessable }: Attempt, { pairKey }: AttemptKeys, id: string): Promise<boolean> {
    if (this.#recent.get(id) !== true) return false
    return isUnguessable === true || this.#isWithinBudget(pairKey)
  }

  /** Whether a guessable secret of the account, proven at the address in the last minutes, would be let in now. */
  async #letsProvenIn({ isUnguessable }: Attempt, { pairKey }: AttemptKeys): Promise<boolean> {
    if (isUnguessable === true || !this.#isProvenRecently({ pairKey })) return false
    return this.#isWithinBudget(pairKey)
  }

  /** Whether the account authenticated at the address in the last minutes. */
  #isProvenRecently({ pairKey }: Pick<AttemptKeys, 'pairKey'>): boolean {
    const provenAt = this.#known.get(pairKey)
    return provenAt !== undefined && performance.now() - provenAt <= recentMs
  }

  /**
   * Letting only the right one of all guesses in answers each guess. So all of them are counted, and at the limit for a
   * known address no guessable secret is let in.
   */
  async #isWithinBudget(pairKey: string): Promise<boolean> {
    return !this.#accounts.hasAny(pairKey) || (await this.#accounts.waitMs(pairKey)) === 0
  }

  async #noteProof(keys: AttemptKeys, id: string): Promise<void> {
    this.#recent.set(id, true)
    await this.#noteSuccess(keys)
  }

  async #noteSuccess({ pairKey }: AttemptKeys): Promise<void> {
    this.#known.set(pairKey, performance.now())
    if (this.#pairs.hasAny(pairKey)) await this.#pairs.forget(pairKey)
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

  /**
   * The digest that a secret is remembered by. A guessable one is remembered for each address separately: the time of
   * an answer must not tell one client what another has tried, and nobody may guess where no failures were counted.
   */
  #idOf({ secret, comparedWith, isUnguessable }: SecretAttempt, { accountKey, pairKey }: AttemptKeys): string {
    const scope = isUnguessable ? accountKey : pairKey
    // The stored value has no null character, and null is told from an empty one.
    return hash(this.#digestKey, scope, comparedWith === null ? '-' : `+${comparedWith}`, secret)
  }
}

/** Throws TOO_MANY_ATTEMPTS while one of the limits is reached. */
async function assertNoWait(counts: readonly Count[]): Promise<void> {
  const waits = await Promise.all(counts.map(({ counter, key }) => counter.waitMs(key)))
  const waitMs = Math.max(0, ...waits)
  if (waitMs > 0) throw tooMany(Math.ceil(waitMs / 1000))
}

async function fail(counts: readonly Count[]): Promise<void> {
  await Promise.all(counts.map(({ counter, key }) => counter.fail(key)))
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

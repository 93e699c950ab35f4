import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { Turnstile } from './turnstile'
import { VerifiedSecrets } from './verified-secrets'

/** OWASP's first recommendation for argon2id; 20–40 ms on one core. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Longest secret that is hashed at all, in characters: the schema of the log-on has the same limit. */
const secretMaxLength = 256

// On `globalThis`, because the server's bundle and Next's are two copies of this module in one process, with one pool of
// threads. Two at once leave two of its four for the files of pushes; a queue this long is an attack or a fault.
const key = Symbol.for('stele.passwords')
const shared = globalThis as {
  [key]?: { readonly turnstile: Turnstile; readonly verifiedSecrets: VerifiedSecrets } | undefined
}
const { turnstile, verifiedSecrets } = (shared[key] ??= {
  turnstile: new Turnstile({ atOnce: 2, waitingMax: 256 }),
  verifiedSecrets: new VerifiedSecrets(1024),
})

let decoyHash: Promise<string> | undefined

/** The argon2id hash of a password or access key secret, as stored. */
export async function hashPassword(password: string): Promise<string> {
  return turnstile.pass(() => hash(password, cost))
}

/** Whether `password` fits `passwordHash`. Throws UNAVAILABLE when too many verifications wait. */
export async function verifyPassword(passwordHash: string, password: string): Promise<boolean> {
  if (password.length > secretMaxLength) return false
  return verifiedSecrets.check(passwordHash, password, () => turnstile.pass(() => verify(passwordHash, password)))
}

/** Whether `password` was found to fit `passwordHash` before, as far as that is remembered; costs next to nothing. */
export function isRememberedPassword(passwordHash: string | undefined, password: string): boolean {
  return passwordHash !== undefined && verifiedSecrets.knows(passwordHash, password)
}

/**
 * Whether `password` fits a hash that may be missing. Takes as long without a hash as with a wrong password, so that
 * the answer's time does not tell who exists.
 */
export async function verifyPasswordOfMaybe(passwordHash: string | undefined, password: string): Promise<boolean> {
  // Made before the hash is looked at: the first call of the process pays for it in both cases.
  decoyHash ??= hash(randomBytes(32), cost)
  const decoy = await decoyHash
  if (passwordHash !== undefined) return verifyPassword(passwordHash, password)
  // Each by itself: two who ask the same of a stored hash share one run, and all names that are not there have one decoy.
  if (password.length <= secretMaxLength) await turnstile.pass(() => verify(decoy, password))
  return false
}

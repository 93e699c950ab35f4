import { Secret, TOTP } from 'otpauth'

/** Steps before and after the current one whose codes are accepted: clocks differ, and typing takes time. */
const window = 1

/** Creates a secret for an authenticator app: 160 random bits in base32. */
export function createTotpSecret(): string {
  return new Secret({ size: 20 }).base32
}

/** Returns the URI that an authenticator app reads from a QR code; `label` is the account it shows. */
export function totpUri(secret: string, label: string): string {
  return totpOf(secret, label).toString()
}

/** Returns the time step of a code, or null when the code does not match a step near `now`. */
export function stepOfCode(secret: string, code: string, now: Date): number | null {
  const totp = totpOf(secret, '')
  const timestamp = now.getTime()
  const delta = totp.validate({ token: code, timestamp, window })
  return delta === null ? null : totp.counter({ timestamp }) + delta
}

// The values that every authenticator app assumes.
function totpOf(secret: string, label: string): TOTP {
  return new TOTP({ issuer: 'Stele', label, secret, algorithm: 'SHA1', digits: 6, period: 30 })
}

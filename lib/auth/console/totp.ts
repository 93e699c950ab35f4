import { Secret, TOTP } from 'otpauth'

/** Steps before and after the present one whose codes are taken: clocks differ, and typing takes its time. */
const window = 1

/** A new secret for an authenticator app: 160 random bits in base32. */
export function createTotpSecret(): string {
  return new Secret({ size: 20 }).base32
}

/** What an authenticator app reads from a QR code; `label` is the account it shows. */
export function totpUri(secret: string, label: string): string {
  return totpOf(secret, label).toString()
}

/** The time step whose code this is, or null when it is none of about now. */
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

import { hash } from 'node:crypto'

/**
 * Returns the SHA-256 hash of a token of 256 random bits, in hexadecimal, as stored. A slow hash would protect nothing,
 * because the token cannot be guessed.
 */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex')
}

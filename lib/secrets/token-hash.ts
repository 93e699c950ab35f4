import { hash } from 'node:crypto'

/**
 * The SHA-256 hash of a token of 256 random bits, in hexadecimal: what is stored of it. A slow hash would guard nothing,
 * because there is nothing to guess.
 */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex')
}

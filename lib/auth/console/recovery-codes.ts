import { createHash, randomInt } from 'node:crypto'

/** How many recovery codes a user is given. */
const codeCount = 10

/** Leaves out letters and digits that look alike. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Creates recovery codes of 79 random bits each, in groups that are easy to read aloud. */
export function createRecoveryCodes(): string[] {
  return Array.from({ length: codeCount }, () => [0, 1, 2, 3].map(createGroup).join('-'))
}

/** Returns the hash that is stored for a recovery code. Grouping and case do not matter. */
export function hashRecoveryCode(code: string): string {
  const typed = code.toLowerCase().replace(/[^a-z0-9]/g, '')
  // A plain hash is enough: nobody finds 79 random bits by trying.
  return createHash('sha256').update(typed).digest('hex')
}

function createGroup(): string {
  return Array.from({ length: 4 }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
}

import { createHash, randomInt } from 'node:crypto'

/** How many recovery codes a user is given. */
const codeCount = 10

/** Without letters and digits that are taken for each other. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'

/** New recovery codes, in groups that can be read out, of 79 random bits each. */
export function createRecoveryCodes(): string[] {
  return Array.from({ length: codeCount }, () => [0, 1, 2, 3].map(createGroup).join('-'))
}

/** What is stored of a recovery code; the same however it is grouped and in whichever case it is typed. */
export function hashRecoveryCode(code: string): string {
  const typed = code.toLowerCase().replace(/[^a-z0-9]/g, '')
  // A plain hash is enough: nobody finds 79 random bits by trying.
  return createHash('sha256').update(typed).digest('hex')
}

function createGroup(): string {
  return Array.from({ length: 4 }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
}

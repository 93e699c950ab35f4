import { randomBytes } from 'node:crypto'
import { assertPasswordAllowed } from '@/lib/secrets/password-rules'
import type { CommandArguments, CommandContext } from './command'

/** The option to read a password from standard input, because every user of the machine can see arguments. */
export const passwordOption = {
  'password-stdin': {
    help: 'Read the password from the first line of standard input. Without it, a password is generated and printed.',
  },
} as const

/**
 * A new password and its hash; `shown` is null if the operator gave the password. Throws BAD_REQUEST for a weak one.
 */
export async function readNewPassword(
  { passwords, readInput }: CommandContext,
  { options }: CommandArguments,
  userName: string,
): Promise<{ readonly hash: string; readonly shown: string | null }> {
  if (options['password-stdin'] !== true) {
    // 120 random bits.
    const shown = randomBytes(15).toString('base64url')
    return { hash: await passwords.hash(shown), shown }
  }
  const [given = ''] = (await readInput()).split(/\r?\n/)
  await assertPasswordAllowed(given, userName, 'password')
  return { hash: await passwords.hash(given), shown: null }
}

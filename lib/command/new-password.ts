import { randomBytes } from 'node:crypto'
import { assertPasswordAllowed } from '@/lib/secrets/password-rules'
import type { CommandArguments, CommandContext } from './command'

/** The option that takes a password from what is piped in: arguments are seen by everybody on the machine. */
export const passwordOption = {
  'password-stdin': {
    help: 'Take the password from standard input, its first line; otherwise one is made and printed.',
  },
} as const

/** A password for a user, with its hash; `shown` is null for one that was given. Throws BAD_REQUEST for a weak one. */
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

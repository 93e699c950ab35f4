import { AppError } from '@/lib/domain/errors'
import { isUserName } from '@/lib/domain/user-name'
import { makeAdministrator } from '@/lib/registry/users/make-administrator'
import type { Command } from './command'
import { CommandError } from './command-error'
import { passwordOption, readNewPassword } from './new-password'

/** `user make-administrator`: for when no administrator is left. */
export const userMakeAdministrator: Command = {
  words: 'user make-administrator',
  names: ['name'],
  options: {
    create: { help: 'Create the user first, with a new password.' },
    ...passwordOption,
  },
  help: 'Make a user an administrator, and enable them.',
  async run(ctx, given) {
    const [name = ''] = given.names
    if (given.options['create'] !== true) {
      if (given.options['password-stdin'] === true) throw new CommandError('--password-stdin needs --create')
      await makeAdministrator(ctx, ctx.principal, name, null)
      return { lines: [`${name} is an enabled administrator.`], isGood: true }
    }
    if (!isUserName(name)) throw new AppError('BAD_REQUEST', { message: `${name} is not a valid user name` })
    const { hash, shown } = await readNewPassword(ctx, given, name)
    await makeAdministrator(ctx, ctx.principal, name, hash)
    const lines = [
      `${name} was created as an administrator.`,
      ...(shown === null ? [] : [`Password of ${name}: ${shown}`]),
    ]
    return { lines, isGood: true }
  },
}

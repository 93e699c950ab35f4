import { recoverUser } from '@/lib/registry/users/recover-user'
import type { Command } from './command'
import { passwordOption, readNewPassword } from './new-password'

/** `user reset-password`: the way back in. */
export const userResetPassword: Command = {
  words: 'user reset-password',
  names: ['name'],
  options: {
    ...passwordOption,
    'second-factor': { help: 'Turn the second factor off too.' },
  },
  help: 'Give a user another console password, enable them, and end their sessions.',
  async run(ctx, given) {
    const [name = ''] = given.names
    const { hash, shown } = await readNewPassword(ctx, given, name)
    const removeSecondFactor = given.options['second-factor'] === true
    const done = await recoverUser(ctx.db, ctx.principal, name, { passwordHash: hash, removeSecondFactor })
    return {
      lines: [
        ...(shown === null ? [`${name} has the new password.`] : [`New password of ${name}: ${shown}`]),
        ...(done.wasDisabled ? ['The user was disabled, and is enabled now.'] : []),
        `Sessions ended: ${done.endedSessions}.`,
        ...(done.removedRegistryPasswords === 0
          ? []
          : [
              'docker login no longer takes the former one either: set a password under Instances > Access Credential.',
            ]),
        ...(done.removedSecondFactor ? ['The second factor is off.'] : []),
        ...(done.hasSecondFactor ? ['The log-on still asks for the second factor; --second-factor turns it off.'] : []),
      ],
      isGood: true,
    }
  },
}

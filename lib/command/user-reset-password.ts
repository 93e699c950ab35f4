import { recoverUser } from '@/lib/registry/users/recover-user'
import type { Command } from './command'
import { passwordOption, readNewPassword } from './new-password'

/** `user reset-password`: lets a locked-out user log on again. */
export const userResetPassword: Command = {
  words: 'user reset-password',
  names: ['name'],
  options: {
    ...passwordOption,
    'second-factor': { help: 'Turn off the second factor too.' },
  },
  help: 'Set a new console password for a user, enable the user, and end their sessions.',
  async run(ctx, given) {
    const [name = ''] = given.names
    const { hash, shown } = await readNewPassword(ctx, given, name)
    const removeSecondFactor = given.options['second-factor'] === true
    const done = await recoverUser(ctx, ctx.principal, name, { passwordHash: hash, removeSecondFactor })
    return {
      lines: [
        ...(shown === null ? [`${name} has the new password.`] : [`New password of ${name}: ${shown}`]),
        ...(done.wasDisabled ? ['The user was disabled, and is enabled now.'] : []),
        `Sessions ended: ${done.endedSessions}.`,
        ...(done.removedRegistryPasswords === 0
          ? []
          : ['docker login no longer accepts the old password either: set one under Instances > Access Credential.']),
        ...(done.removedSecondFactor ? ['The second factor is off.'] : []),
        ...(done.hasSecondFactor ? ['The log-on still asks for the second factor; --second-factor turns it off.'] : []),
      ],
      isGood: true,
    }
  },
}

import { z } from 'zod'
import { isPlainText } from '@/lib/domain/plain-text'
import { isUserName } from '@/lib/domain/user-name'
import { clearable, numberedPageQuery, pageOf, timestamp } from './common'

const userRole = z.enum(['ADMINISTRATOR', 'MEMBER'])

export const displayNameMaxLength = 100

const displayName = z
  .string()
  .trim()
  .max(displayNameMaxLength)
  .refine(isPlainText, { message: 'no control characters' })

/** A console password. The server also refuses common passwords and the user's name. */
export const consolePassword = z
  .string()
  .min(12, { message: '12 to 256 characters' })
  .max(256, { message: '12 to 256 characters' })
  .refine(isPlainText, { message: 'no control characters' })

/** A person who may log on. */
export const user = z.object({
  id: z.string().meta({ examples: ['usr-2b7d9f0k4m6p8r1t'] }),
  name: z.string(),
  displayName: z.string(),
  role: userRole.meta({ description: 'Administrators may do everything, members only what grants allow' }),
  isDisabled: z.boolean().meta({ description: 'A disabled user is refused everywhere' }),
  arePullsCounted: z
    .boolean()
    .meta({ description: 'False for an account whose pulls say nothing about use, such as a scanner’s' }),
  hasSecondFactor: z.boolean().meta({ description: 'The user also needs a code from an authenticator app to log on' }),
  grantCount: z.number().int().nonnegative(),
  awaitsPassword: z.boolean().meta({
    description:
      'The user has no console password and does not use single sign-on, so cannot log on: an invitation helps',
  }),
  invitation: z
    .object({ createdBy: z.string(), createdAt: timestamp, expiresAt: timestamp })
    .nullable()
    .meta({ description: 'The invitation that was neither used nor revoked; it may have expired' }),
  lastLogOnAt: timestamp.nullable(),
  createdAt: timestamp,
  updatedAt: timestamp,
})
export type UserView = z.infer<typeof user>

export const userPage = pageOf(user)

export const userQuery = numberedPageQuery.extend({
  search: z.string().max(100).optional().meta({ description: 'Part of the name or the display name' }),
  role: userRole.optional(),
  isDisabled: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional(),
  sort: z.enum(['name', '-name', 'createdAt', '-createdAt']).default('name'),
})

export const createUserBody = z.strictObject({
  name: z.string().refine(isUserName, {
    message: '1 to 64 lower-case letters, digits, “_”, “-” and “.”; no separator first or last',
  }),
  displayName: displayName.default(''),
  role: userRole.default('MEMBER'),
  isDisabled: z.boolean().default(false),
  arePullsCounted: z.boolean().optional().meta({ description: 'True if absent' }),
  password: consolePassword.meta({ description: 'Password for logging on to the console' }),
})

export const updateUserBody = z.strictObject({
  displayName: clearable(displayName).optional(),
  role: userRole.optional(),
  arePullsCounted: z.boolean().optional(),
  isDisabled: z.boolean().optional().meta({ description: 'Disabling a user ends their sessions' }),
  password: consolePassword.optional().meta({ description: 'Replaces the user’s password and ends their sessions' }),
})
export type UpdateUserBody = z.infer<typeof updateUserBody>

import { z } from 'zod'
import { isPlainText } from '@/lib/domain/plain-text'
import { timestamp } from './common'

/** The caller's own user. */
export const profile = z.object({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  role: z.enum(['ADMINISTRATOR', 'MEMBER']),
  hasPassword: z.boolean().meta({ description: 'false: the user can log on by single sign-on only' }),
})

const givenPassword = z.string().min(1).max(256)

/** Body for changing one's own password. The server also refuses common passwords. */
export const changePasswordBody = z.strictObject({
  currentPassword: givenPassword,
  newPassword: z
    .string()
    .min(12, { message: '12 to 256 characters' })
    .max(256, { message: '12 to 256 characters' })
    .refine(isPlainText, { message: 'no control characters' }),
})

/** The state of the caller's second factor. */
export const secondFactor = z.object({
  isOn: z.boolean(),
  confirmedAt: timestamp.nullable().meta({ description: 'When it was turned on; null while it is off' }),
  recoveryCodesLeft: z.number().int().nonnegative(),
})

/** Body of operations that a stolen session must not be able to do: they ask for the password again. */
export const confirmPasswordBody = z.strictObject({ password: givenPassword })

/** The secret for an authenticator app. */
export const secondFactorSetup = z.object({
  secret: z.string().meta({ description: 'base32, for apps that cannot scan the QR code' }),
  uri: z.string().meta({ description: '`otpauth://…`: the content of the QR code' }),
})

/** Body that proves with a code that the app has the secret. */
export const confirmSecondFactorBody = z.strictObject({
  code: z.string().regex(/^\s*(?:\d\s*){6}$/, { message: 'six digits' }),
})

/** Recovery codes: each replaces a code of the app once. They are shown only here. */
export const recoveryCodes = z.object({ recoveryCodes: z.array(z.string()) })

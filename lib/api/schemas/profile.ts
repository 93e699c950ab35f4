import { z } from 'zod'
import { isPlainText } from '@/lib/domain/plain-text'
import { timestamp } from './common'

/** The caller themself. */
export const profile = z.strictObject({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  role: z.enum(['ADMINISTRATOR', 'MEMBER']),
  hasPassword: z.boolean().meta({ description: 'false: logs on by single sign-on alone' }),
})

const givenPassword = z.string().min(1).max(256)

/** Body of a change of one's own password. Whether the new one is a common one, the server says. */
export const changePasswordBody = z.strictObject({
  currentPassword: givenPassword,
  newPassword: z
    .string()
    .min(12, { message: '12 to 256 characters' })
    .max(256, { message: '12 to 256 characters' })
    .refine(isPlainText, { message: 'no control characters' }),
})

/** What the caller has of a second factor. */
export const secondFactor = z.strictObject({
  isOn: z.boolean(),
  confirmedAt: timestamp.nullable().meta({ description: 'Since when; null while it is off' }),
  recoveryCodesLeft: z.number().int().nonnegative(),
})

/** Body of what a stolen session must not do: the password once more. */
export const confirmPasswordBody = z.strictObject({ password: givenPassword })

/** What an authenticator app is fed with. */
export const secondFactorSetup = z.strictObject({
  secret: z.string().meta({ description: 'base32, for an app that cannot read the picture' }),
  uri: z.string().meta({ description: '`otpauth://…`: what the QR code holds' }),
})

/** Body of the confirmation that the app has the secret. */
export const confirmSecondFactorBody = z.strictObject({
  code: z.string().regex(/^\s*(?:\d\s*){6}$/, { message: 'six digits' }),
})

/** Codes that take the place of the app's, each once. Shown this once. */
export const recoveryCodes = z.strictObject({ recoveryCodes: z.array(z.string()) })

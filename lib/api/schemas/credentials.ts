import { z } from 'zod'
import { isRegistryPassword } from '@/lib/domain/registry-password'
import { pageOf, pageQuery, timestamp } from './common'

/** What the caller logs on to an instance's registry with. */
export const credentials = z.strictObject({
  userName: z.string(),
  registryHost: z.string().meta({ description: 'The address for `docker login`, from where the request came' }),
  passwordSetAt: timestamp.nullable().meta({ description: 'null while no password is set' }),
  passwordLastUsedAt: timestamp.nullable().meta({ description: 'To the minute' }),
  temporaryUserName: z.string().meta({ description: 'User name that goes with a temporary token' }),
})
export type CredentialsView = z.infer<typeof credentials>

export const setPasswordBody = z.strictObject({
  password: z
    .string()
    .refine(isRegistryPassword, {
      message: '8 to 32 visible ASCII characters, at least two of letters, digits and symbols',
    })
    .meta({ description: 'Apart from the console’s' }),
})

/** A password for a few hours. It may do what its user may. */
export const temporaryToken = z.strictObject({
  id: z.string().meta({ examples: ['tmp-2b7d9f0k4m6p8r1t'] }),
  createdAt: timestamp,
  expiresAt: timestamp,
  revokedAt: timestamp.nullable(),
  lastUsedAt: timestamp.nullable().meta({ description: 'To the minute' }),
})
export type TemporaryTokenView = z.infer<typeof temporaryToken>

/** A temporary token with what to log on with: shown when it is made, and never again. */
export const temporaryTokenWithSecret = temporaryToken.extend({ userName: z.string(), token: z.string() })

export const temporaryTokenPage = pageOf(temporaryToken)

export const temporaryTokenQuery = pageQuery

/** Longest life of a temporary token, in hours. */
const temporaryTokenHoursMax = 24

export const createTemporaryTokenBody = z.strictObject({
  hours: z.number().int().min(1).max(temporaryTokenHoursMax).default(1).meta({ description: 'How long it works' }),
})

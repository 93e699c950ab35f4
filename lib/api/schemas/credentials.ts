import { z } from 'zod'
import { isRegistryPassword } from '@/lib/domain/registry-password'
import { pageOf, pageQuery, timestamp } from './common'

/** The caller's credentials for the registry of an instance. */
export const credentials = z.object({
  userName: z.string(),
  registryHost: z.string().meta({ description: 'The address for `docker login` from where this request was sent' }),
  registryAddress: z
    .string()
    .meta({ description: 'What stands before `/<namespace>/<repository>` in docker commands, as in the instance' }),
  userNamePrefix: z.string().meta({
    description: 'What stands before user names in `docker login` there; mostly empty',
    examples: ['dev.cn-hangzhou/'],
  }),
  passwordSetAt: timestamp.nullable().meta({ description: 'null while no password is set' }),
  passwordLastUsedAt: timestamp.nullable().meta({ description: 'Precise to the minute' }),
  temporaryUserName: z.string().meta({ description: 'The user name to use with a temporary token' }),
})
export type CredentialsView = z.infer<typeof credentials>

export const setPasswordBody = z.strictObject({
  password: z
    .string()
    .refine(isRegistryPassword, {
      message: '8 to 32 visible ASCII characters, with at least two of letters, digits and symbols',
    })
    .meta({ description: 'The password for the registry, separate from the console’s password' }),
})

/** A password that is valid for a few hours and allows what its user may do. */
export const temporaryToken = z.object({
  id: z.string().meta({ examples: ['tmp-2b7d9f0k4m6p8r1t'] }),
  createdAt: timestamp,
  expiresAt: timestamp,
  revokedAt: timestamp.nullable(),
  lastUsedAt: timestamp.nullable().meta({ description: 'Precise to the minute' }),
})
export type TemporaryTokenView = z.infer<typeof temporaryToken>

/** A temporary token with user name and token, which are shown only when it is created. */
export const temporaryTokenWithSecret = temporaryToken.extend({ userName: z.string(), token: z.string() })

export const temporaryTokenPage = pageOf(temporaryToken)

export const temporaryTokenQuery = pageQuery

/** Longest validity of a temporary token, in hours. */
const temporaryTokenHoursMax = 24

export const createTemporaryTokenBody = z.strictObject({
  hours: z
    .number()
    .int()
    .min(1)
    .max(temporaryTokenHoursMax)
    .default(1)
    .meta({ description: 'How long the token is valid, in hours' }),
})

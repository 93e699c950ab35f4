import { z } from 'zod'
import { pageOf, pageQuery, timestamp } from './common'

/** Body for logging on to the console. */
export const createSessionBody = z.strictObject({
  userName: z.string().min(1).max(64),
  password: z.string().min(1).max(256),
  code: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .meta({
      description:
        'A code from the authenticator app, or a recovery code. A user with a second factor who sends none gets ' +
        'SECOND_FACTOR_REQUIRED, and then sends name and password again with the code',
    }),
})

/** The caller's session, with its user. */
export const session = z.object({
  user: z.object({
    id: z.string(),
    name: z.string(),
    displayName: z.string(),
    role: z.enum(['ADMINISTRATOR', 'MEMBER']),
  }),
  expiresAt: timestamp,
})
export type SessionView = z.infer<typeof session>

/** One of the caller's sessions, as listed. */
export const listedSession = z.object({
  id: z.string().meta({ examples: ['ses-2b7d9f0k4m6p8r1t'] }),
  isCurrent: z.boolean().meta({ description: 'Whether this request used this session' }),
  address: z.string().meta({ description: 'Address of the client that started it' }),
  userAgent: z.string(),
  startedAt: timestamp,
  lastSeenAt: timestamp.meta({ description: 'Precise to the minute' }),
  expiresAt: timestamp,
})
export type ListedSession = z.infer<typeof listedSession>

export const sessionPage = pageOf(listedSession)

/** Query of the list of sessions, newest first. */
export const sessionQuery = pageQuery

/** Query for starting single sign-on. */
export const singleSignOnQuery = z.strictObject({
  next: z.string().max(2048).optional().meta({ description: 'The console path to open after log-on' }),
})

/** Query of the redirect from the provider (RFC 6749, 4.1.2). Other parameters are allowed. */
export const singleSignOnCallbackQuery = z.object({ state: z.string().max(2048).optional() })

import { z } from 'zod'
import { pageOf, pageQuery, timestamp } from './common'

/** Body of the console's log-on. */
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
        'Of the authenticator app, or a recovery code. Without it, who has a second factor is answered ' +
        'SECOND_FACTOR_REQUIRED, and then sends name and password again with the code',
    }),
})

/** Who is logged on. */
export const session = z.strictObject({
  user: z.strictObject({
    id: z.string(),
    name: z.string(),
    displayName: z.string(),
    role: z.enum(['ADMINISTRATOR', 'MEMBER']),
  }),
  expiresAt: timestamp,
})
export type SessionView = z.infer<typeof session>

/** One of the caller's sessions, as a list shows it. */
export const listedSession = z.strictObject({
  id: z.string().meta({ examples: ['ses-2b7d9f0k4m6p8r1t'] }),
  isCurrent: z.boolean().meta({ description: 'The one that this request came with' }),
  address: z.string().meta({ description: 'From where it was begun' }),
  userAgent: z.string(),
  startedAt: timestamp,
  lastSeenAt: timestamp.meta({ description: 'To the minute' }),
  expiresAt: timestamp,
})
export type ListedSession = z.infer<typeof listedSession>

export const sessionPage = pageOf(listedSession)

/** Query of the list of sessions: the newest first. */
export const sessionQuery = pageQuery

/** Query of the way to single sign-on. */
export const singleSignOnQuery = z.strictObject({
  next: z.string().max(2048).optional().meta({ description: 'The page to go on to: a path of the console' }),
})

/** Query of the way back: what the provider says (RFC 6749, 4.1.2), and whatever else it adds. */
export const singleSignOnCallbackQuery = z.object({ state: z.string().max(2048).optional() })

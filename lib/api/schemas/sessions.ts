import { z } from 'zod'

/** Body of the console's log-on. */
export const createSessionBody = z.strictObject({
  userName: z.string().min(1).max(64),
  password: z.string().min(1).max(256),
})

/** Who is logged on. */
export const session = z.strictObject({
  user: z.strictObject({
    id: z.string(),
    name: z.string(),
    displayName: z.string(),
    role: z.enum(['ADMINISTRATOR', 'MEMBER']),
  }),
  expiresAt: z.iso.datetime(),
})
export type SessionView = z.infer<typeof session>

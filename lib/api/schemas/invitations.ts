import { z } from 'zod'
import { timestamp } from './common'
import { firstGrants } from './grants'
import { consolePassword, createUserBody } from './users'

/** A new user who sets the password by an invitation. */
export const inviteUserBody = createUserBody
  .pick({ name: true, displayName: true, role: true, arePullsCounted: true })
  .extend({
    grants: firstGrants.meta({ description: 'First grants: on instances, namespaces and repositories' }),
  })

/** A new invitation, with the address that is shown only once. */
export const invitation = z.object({
  userId: z.string(),
  userName: z.string(),
  path: z.string().meta({
    description: 'Address of the page on which the user sets a password, to append to the address of the console',
    examples: ['/invitation#s8Vd…'],
  }),
  createdAt: timestamp,
  expiresAt: timestamp,
})
export type InvitationView = z.infer<typeof invitation>

const token = z.string().min(1).max(100).meta({ description: 'The part of the invitation’s address after `#`' })

export const readInvitationBody = z.strictObject({ token })

/** What the holder of an invitation may know. */
export const shownInvitation = z.object({
  state: z.enum(['OPEN', 'EXPIRED', 'ACCEPTED', 'REVOKED']),
  userName: z.string(),
  displayName: z.string(),
  expiresAt: timestamp,
})
export type ShownInvitationView = z.infer<typeof shownInvitation>

export const acceptInvitationBody = z.strictObject({ token, password: consolePassword })

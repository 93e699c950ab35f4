import type { Principal } from '@/lib/domain/principal'
import { createId } from '@/lib/domain/ids'
import { invitationHours, invitationPath } from '@/lib/domain/invitation'
import { createSecret } from '@/lib/domain/random-secret'
import type { NewAuditEvent } from '@/lib/metadata/audit-events'
import type { Transaction } from '@/lib/metadata/engine/database'
import { insertInvitation } from '@/lib/metadata/invitations'
import { hashToken } from '@/lib/secrets/token-hash'

/** A new invitation. Its token is known only now. Times are UTC, ISO 8601. */
export interface NewInvitation {
  readonly userId: string
  readonly userName: string
  /** Of the page on which the user sets a password, with the token; to append to the address of the console. */
  readonly path: string
  readonly createdAt: string
  readonly expiresAt: string
}

/**
 * Adds an invitation of a user within a transaction, and revokes the open ones. The caller must record the event after
 * all other writes.
 */
export async function addInvitation(
  tx: Transaction,
  principal: Principal,
  user: { readonly id: string; readonly name: string },
): Promise<{ readonly made: NewInvitation; readonly event: NewAuditEvent }> {
  const id = createId('invitation')
  const token = createSecret()
  const createdAt = new Date()
  const expiresAt = new Date(createdAt.getTime() + invitationHours * 60 * 60 * 1000)
  const row = { id, userId: user.id, createdBy: principal.name, createdAt, expiresAt }
  const revoked = await insertInvitation(tx, { ...row, tokenHash: hashToken(token) })
  const times = { createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() }
  return {
    made: { userId: user.id, userName: user.name, path: invitationPath(token), ...times },
    event: {
      action: 'CREATE',
      target: { type: 'INVITATION', id, name: user.name },
      before: null,
      after: { userId: user.id, expiresAt: times.expiresAt, ...(revoked > 0 && { invitationsRevoked: revoked }) },
    },
  }
}

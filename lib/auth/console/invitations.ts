import type { Context } from '@/lib/context'
import { AppError } from '@/lib/domain/errors'
import { type InvitationState, invitationState } from '@/lib/domain/invitation'
import type { Origin } from '@/lib/domain/principal'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import type { Source } from '@/lib/metadata/engine/database'
import { type InvitationOfUser, acceptInvitation, findInvitationByHash } from '@/lib/metadata/invitations'
import { lockCredentials, noteLogOn, updatePasswordHash } from '@/lib/metadata/user-credentials'
import { assertPasswordAllowed } from '@/lib/secrets/password-rules'
import { hashToken } from '@/lib/secrets/token-hash'
import { recordFailedLogOn, recordLogOn } from './log-on-events'
import { type StartedSession, beginSession } from './sessions'

/** What the holder of an invitation's token may know. */
export interface ShownInvitation {
  readonly state: InvitationState
  readonly userName: string
  readonly displayName: string
  /** UTC time, ISO 8601. */
  readonly expiresAt: string
}

/**
 * Returns whom an invitation is for and whether it can be used. Throws NOT_FOUND for a token that no invitation has, or
 * had in the last weeks; TOO_MANY_ATTEMPTS; UNAVAILABLE.
 */
export async function readInvitation(ctx: Context, token: string, origin: Origin): Promise<ShownInvitation> {
  const found = await proveToken(ctx, token, origin)
  const { name: userName, displayName } = found.user
  return {
    state: invitationState(found, new Date()),
    userName,
    displayName,
    expiresAt: found.expiresAt.toISOString(),
  }
}

/**
 * Sets the password of the user whom an invitation is for, uses the invitation up, and logs the user on. `formerToken` is
 * the token that the browser held before.
 *
 * Throws what `readInvitation` throws; INVITATION_ENDED when it expired, was used or was revoked, or when the user has a
 * password or is disabled; and BAD_REQUEST for a password that the rules forbid, after which it can be used still.
 */
export async function acceptByPassword(
  ctx: Context,
  { token, password }: { readonly token: string; readonly password: string },
  origin: Origin,
  formerToken: string | null,
): Promise<StartedSession> {
  const { user: invited } = requireOpen(await proveToken(ctx, token, origin))
  await assertPasswordAllowed(password, invited.name, 'password')
  const passwordHash = await ctx.passwords.hash(password)
  return ctx.db.transaction(async (tx) => {
    const { id, userId } = requireOpen(await findByToken(tx, token))
    const credentials = await lockCredentials(tx, userId)
    // Read again under the lock of the user: two requests with one invitation come one after the other.
    const now = new Date()
    requireOpen(await findByToken(tx, token))
    if (credentials === null || !(await acceptInvitation(tx, id, now))) throw ended('REVOKED')
    const { user } = credentials
    await updatePasswordHash(tx, userId, passwordHash)
    const session = await beginSession(ctx, tx, user, origin, formerToken)
    await noteLogOn(tx, userId, now)
    await insertAuditEvent(
      tx,
      { name: user.name, credential: id, ...origin },
      {
        action: 'UPDATE',
        target: { type: 'USER', id: userId, name: user.name },
        before: null,
        after: { password: 'set', invitation: id },
      },
    )
    await recordLogOn(tx, user, 'invitation', origin)
    return session
  })
}

/** Returns the invitation of a token, ended or not. Throws NOT_FOUND, which counts as a failure of the address. */
async function proveToken(ctx: Context, token: string, origin: Origin): Promise<InvitationOfUser> {
  const tokenHash = hashToken(token)
  const attempt = { kind: 'invitation', account: tokenHash, address: origin.address, isUnguessable: true } as const
  const found = await ctx.attempts.guard(attempt, () => findInvitationByHash(ctx.db, tokenHash))
  if (found !== null) return found
  await recordFailedLogOn(ctx, { user: null, credential: 'invitation', reason: 'no invitation has this token' }, origin)
  throw new AppError('NOT_FOUND')
}

function findByToken(source: Source, token: string): Promise<InvitationOfUser | null> {
  return findInvitationByHash(source, hashToken(token))
}

function requireOpen(found: InvitationOfUser | null): InvitationOfUser {
  const state = found === null ? 'REVOKED' : invitationState(found, new Date())
  if (found === null || state !== 'OPEN') throw ended(state)
  return found
}

function ended(state: InvitationState): AppError {
  return new AppError('INVITATION_ENDED', { detail: { state } })
}

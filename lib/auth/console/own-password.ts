import { AppError } from '@/lib/domain/errors'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { deleteSharedRegistryPasswords } from '@/lib/metadata/registry-passwords'
import { deleteSessionsOfUser } from '@/lib/metadata/sessions'
import {
  type UserCredentials,
  findCredentials,
  lockCredentials,
  updatePasswordHash,
} from '@/lib/metadata/user-credentials'
import type { Context } from '@/lib/context'
import { recordFailedLogOn } from './log-on-events'
import { assertPasswordAllowed } from '@/lib/secrets/password-rules'
import type { Principal } from '@/lib/domain/principal'
import { type StartedSession, beginSession } from './sessions'

/**
 * Verifies the caller's password again, before a change that a stolen session must not make. Throws BAD_REQUEST, naming
 * the request's `field`, for a wrong password; DENIED when the caller has none; and TOO_MANY_ATTEMPTS.
 */
export async function proveOwnPassword(
  ctx: Context,
  principal: Principal,
  password: string,
  field: string,
): Promise<UserCredentials> {
  const credentials = await findCredentials(ctx.db, principal.id)
  if (credentials?.passwordHash === null) {
    throw new AppError('DENIED', { message: 'this account has no password: it logs on by single sign-on' })
  }
  const comparedWith = credentials?.passwordHash ?? null
  const { name: account, address } = principal
  const fits = await ctx.attempts.prove({ kind: 'password', account, address, secret: password, comparedWith }, () =>
    ctx.passwords.verify(comparedWith ?? undefined, password),
  )
  if (fits && credentials !== null) return credentials
  const reason = 'the password was asked for once more, and was wrong'
  await recordFailedLogOn(ctx, { user: credentials?.user ?? null, credential: 'password', reason }, principal)
  throw wrongPassword(field)
}

/**
 * Changes the caller's password and ends all their sessions in every browser. A change made in a session begins a new
 * one and returns it. Removes a registry password that the first start set to the same. Throws BAD_REQUEST for a wrong
 * current password and for a new one that the rules forbid, DENIED, and TOO_MANY_ATTEMPTS.
 */
export async function changeOwnPassword(
  ctx: Context,
  principal: Principal,
  isInSession: boolean,
  { currentPassword, newPassword }: { readonly currentPassword: string; readonly newPassword: string },
): Promise<StartedSession | null> {
  const { passwordHash } = await proveOwnPassword(ctx, principal, currentPassword, 'currentPassword')
  if (newPassword === currentPassword) {
    const message = 'the new password must differ from the current one'
    throw new AppError('BAD_REQUEST', { message, fields: [{ path: 'newPassword', message }] })
  }
  await assertPasswordAllowed(newPassword, principal.name, 'newPassword')
  const newHash = await ctx.passwords.hash(newPassword)
  return ctx.db.transaction(async (tx) => {
    const now = await lockCredentials(tx, principal.id)
    // The password was changed after it was verified: it is no longer the current one.
    if (now === null || now.passwordHash !== passwordHash) throw wrongPassword('currentPassword')
    const sharedCount = await deleteSharedRegistryPasswords(tx, principal.id)
    await updatePasswordHash(tx, principal.id, newHash)
    await deleteSessionsOfUser(tx, principal.id)
    const session = isInSession ? await beginSession(ctx, tx, now.user, principal, null) : null
    await insertAuditEvent(tx, principal, {
      action: 'UPDATE',
      target: { type: 'USER', id: principal.id, name: principal.name },
      before: null,
      after: { password: 'changed', ...(sharedCount > 0 && { registryPasswordsRemoved: sharedCount }) },
    })
    return session
  })
}

function wrongPassword(field: string): AppError {
  const message = 'the password is wrong'
  return new AppError('BAD_REQUEST', { message, fields: [{ path: field, message }] })
}

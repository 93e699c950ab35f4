import { assertPasswordAllowed } from '@/lib/secrets/password-rules'
import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { lockRow } from '@/lib/metadata/engine/locks'
import { deleteRefreshTokensOfUser } from '@/lib/metadata/refresh-tokens'
import { deleteSharedRegistryPasswords } from '@/lib/metadata/registry-passwords'
import { deleteSessionsOfUser } from '@/lib/metadata/sessions'
import { type UserSettings, assertAnotherAdministrator, updateUser as updateUserRow } from '@/lib/metadata/users'
import { changedFields } from '@/lib/registry/changed-fields'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type UserDetails, describeUser, requireUser } from './user-details'
import { type ExpectedVersions, type Versioned, assertExpected, changedMeanwhile } from '@/lib/registry/versions'

/** What an administrator may change in a user. An absent field stays unchanged. */
export type UserChanges = { readonly [Field in keyof UserSettings]?: UserSettings[Field] | undefined } & {
  /** Replaces the user's password. */
  readonly password?: string | undefined
}

/**
 * Changes a user. Writes nothing when nothing changes. Disabling a user or setting a password ends the user's sessions
 * at once. Disabling also revokes the refresh tokens that clients keep instead of registry passwords and temporary
 * tokens.
 *
 * Throws NOT_FOUND, PRECONDITION_FAILED, BAD_REQUEST for a password that is not allowed, LAST_ADMINISTRATOR, and
 * OWN_ACCOUNT when callers disable themselves, or set their own password here, which does not ask for the old one.
 */
export async function updateUser(
  ctx: Context,
  principal: Principal,
  id: string,
  { password, ...input }: UserChanges,
  expected: ExpectedVersions,
): Promise<Versioned<UserDetails>> {
  authorizeAdministrator(ctx, principal)
  if (id === principal.id && (input.isDisabled === true || password !== undefined)) throw new AppError('OWN_ACCOUNT')
  const passwordHash = password === undefined ? undefined : await hashAcceptable(ctx, id, password)
  return ctx.db.transaction(async (tx) => {
    await lockRow(tx, 'User', id)
    const current = await requireUser(tx, id)
    assertExpected(current.version, expected)
    const changes = changedFields(current, input)
    if (changes === null && passwordHash === undefined) return describeUser(tx, current)
    const after = changes?.after ?? {}
    if (isAdministering(current) && !isAdministering({ ...current, ...after })) await assertAnotherAdministrator(tx, id)
    const sharedCount = passwordHash === undefined ? 0 : await deleteSharedRegistryPasswords(tx, id)
    const row = { ...after, ...(passwordHash === undefined ? {} : { passwordHash }) }
    if (!(await updateUserRow(tx, current, row))) throw changedMeanwhile()
    if (after.isDisabled === true || passwordHash !== undefined) await deleteSessionsOfUser(tx, id)
    // Otherwise their old refresh tokens would be valid again when the user is enabled.
    if (after.isDisabled === true) await deleteRefreshTokensOfUser(tx, id)
    await insertAuditEvent(tx, principal, {
      action: 'UPDATE',
      target: { type: 'USER', id, name: current.name },
      before: changes?.before ?? {},
      after: {
        ...after,
        ...(passwordHash === undefined ? {} : { isPasswordNew: true }),
        ...(sharedCount > 0 && { registryPasswordsRemoved: sharedCount }),
      },
    })
    return describeUser(tx, await requireUser(tx, id))
  })
}

/** Runs before the transaction: hashing takes as long as many transactions. A user's name never changes. */
async function hashAcceptable(ctx: Context, id: string, password: string): Promise<string> {
  const { name } = await requireUser(ctx.db, id)
  await assertPasswordAllowed(password, name, 'password')
  return ctx.passwords.hash(password)
}

function isAdministering({ role, isDisabled }: Pick<UserSettings, 'role' | 'isDisabled'>): boolean {
  return role === 'ADMINISTRATOR' && !isDisabled
}

import type { Principal } from '@/lib/domain/principal'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import type { Database } from '@/lib/metadata/engine/database'
import { deleteSharedRegistryPasswords } from '@/lib/metadata/registry-passwords'
import { deleteSecondFactor, findSecondFactor } from '@/lib/metadata/second-factors'
import { deleteSessionsOfUser } from '@/lib/metadata/sessions'
import { lockUserByName, updateUser } from '@/lib/metadata/users'
import { AppError } from '@/lib/domain/errors'
import { changedMeanwhile } from '@/lib/registry/versions'
import { authorizeAdministrator } from '@/lib/registry/authorize'

/** What `recoverUser` changed, so that the user can log on again. */
export interface Recovery {
  readonly wasDisabled: boolean
  readonly endedSessions: number
  /** Number of removed registry passwords: those equal to the old console password, which the first start had set. */
  readonly removedRegistryPasswords: number
  readonly removedSecondFactor: boolean
  /** Whether the log-on still asks for a second factor. */
  readonly hasSecondFactor: boolean
}

/**
 * Sets a user's console password, enables the user and ends their sessions; removes their second factor on request. It
 * is for operators with access to the machine, and needs nothing that could be lost. Throws NOT_FOUND.
 */
export async function recoverUser(
  { db }: { readonly db: Database },
  principal: Principal,
  name: string,
  { passwordHash, removeSecondFactor }: { readonly passwordHash: string; readonly removeSecondFactor: boolean },
): Promise<Recovery> {
  authorizeAdministrator({ db }, principal)
  return db.transaction(async (tx) => {
    const user = await lockUserByName(tx, name)
    if (user === null) throw new AppError('NOT_FOUND', { message: `there is no user ${name}` })
    const sharedCount = await deleteSharedRegistryPasswords(tx, user.id)
    if (!(await updateUser(tx, user, { isDisabled: false, passwordHash }))) throw changedMeanwhile()
    const endedSessions = await deleteSessionsOfUser(tx, user.id)
    const removedSecondFactor = removeSecondFactor && (await deleteSecondFactor(tx, user.id))
    const factor = await findSecondFactor(tx, user.id)
    const { isDisabled } = user
    await insertAuditEvent(tx, principal, {
      action: 'UPDATE',
      target: { type: 'USER', id: user.id, name },
      before: { ...(isDisabled && { isDisabled }), ...(removedSecondFactor && { secondFactor: true }) },
      after: {
        password: 'changed',
        ...(isDisabled && { isDisabled: false }),
        ...(removedSecondFactor && { secondFactor: false }),
        ...(sharedCount > 0 && { registryPasswordsRemoved: sharedCount }),
        endedSessions,
      },
    })
    const hasSecondFactor = factor !== null && factor.confirmedAt !== null
    return {
      wasDisabled: isDisabled,
      endedSessions,
      removedRegistryPasswords: sharedCount,
      removedSecondFactor,
      hasSecondFactor,
    }
  })
}

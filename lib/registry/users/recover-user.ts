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

/** What was done for a user who is to get back in. */
export interface Recovery {
  readonly wasDisabled: boolean
  readonly endedSessions: number
  /** Registry passwords that were the console's, of the first start: they went with it. */
  readonly removedRegistryPasswords: number
  readonly removedSecondFactor: boolean
  /** Whether the log-on asks for one now. */
  readonly hasSecondFactor: boolean
}

/**
 * Gives a user another console password, enables them and ends their sessions; their second factor goes where it is
 * asked for. For whoever has the machine: it asks for nothing that could be lost. Throws NOT_FOUND.
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

import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { createId } from '@/lib/domain/ids'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import type { Database } from '@/lib/metadata/engine/database'
import { addUser, lockUserByName, updateUser } from '@/lib/metadata/users'
import { changedFields } from '@/lib/registry/changed-fields'
import { changedMeanwhile } from '@/lib/registry/versions'
import { authorizeAdministrator } from '@/lib/registry/authorize'

/**
 * Makes a user an enabled administrator; with `passwordHash`, creates the user. It is for operators with access to the
 * machine. Writes nothing when nothing changes. Throws NOT_FOUND when the user does not exist, and ALREADY_EXISTS when
 * the user to create exists.
 */
export async function makeAdministrator(
  { db }: { readonly db: Database },
  principal: Principal,
  name: string,
  passwordHash: string | null,
): Promise<void> {
  authorizeAdministrator({ db }, principal)
  const settings = { role: 'ADMINISTRATOR', isDisabled: false } as const
  await db.transaction(async (tx) => {
    if (passwordHash !== null) {
      const id = createId('user')
      await addUser(tx, { id, name, displayName: '', ...settings, passwordHash })
      const target = { type: 'USER', id, name } as const
      await insertAuditEvent(tx, principal, { action: 'CREATE', target, before: null, after: settings })
      return
    }
    const user = await lockUserByName(tx, name)
    if (user === null) throw new AppError('NOT_FOUND', { message: `there is no user ${name}` })
    const changes = changedFields(user, settings)
    if (changes === null) return
    if (!(await updateUser(tx, user, changes.after))) throw changedMeanwhile()
    await insertAuditEvent(tx, principal, { action: 'UPDATE', target: { type: 'USER', id: user.id, name }, ...changes })
  })
}

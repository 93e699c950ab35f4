import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { listLostGrants } from '@/lib/metadata/grants'
import { lockRow } from '@/lib/metadata/engine/locks'
import { assertAnotherAdministrator, deleteUser as deleteUserRow } from '@/lib/metadata/users'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { requireUser } from './user-details'
import { type ExpectedVersions, assertExpected, changedMeanwhile } from '@/lib/registry/versions'

/**
 * Deletes a user with grants, sessions and credentials; audit events keep their name. Throws NOT_FOUND,
 * PRECONDITION_FAILED, LAST_ADMINISTRATOR, and OWN_ACCOUNT when the caller tries to delete themselves.
 */
export async function deleteUser(
  ctx: Context,
  principal: Principal,
  id: string,
  expected: ExpectedVersions,
): Promise<void> {
  authorizeAdministrator(ctx, principal)
  if (id === principal.id) throw new AppError('OWN_ACCOUNT')
  await ctx.db.transaction(async (tx) => {
    await lockRow(tx, 'User', id)
    const current = await requireUser(tx, id)
    assertExpected(current.version, expected)
    if (current.role === 'ADMINISTRATOR' && !current.isDisabled) await assertAnotherAdministrator(tx, id)
    const lost = await listLostGrants(tx, { subjectId: id })
    if (!(await deleteUserRow(tx, current))) throw changedMeanwhile()
    const { name, displayName, role, isDisabled } = current
    await insertAuditEvent(tx, principal, {
      action: 'DELETE',
      target: { type: 'USER', id, name },
      before: { name, displayName, role, isDisabled, ...lost },
      after: null,
    })
  })
}

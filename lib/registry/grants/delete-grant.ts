import type { Principal } from '@/lib/domain/principal'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { deleteGrant as deleteGrantRow } from '@/lib/metadata/grants'
import { authorizeProven } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { describeGrant, grantName, requireManagedGrant } from './grant-details'
import { type ExpectedVersions, assertExpected, changedMeanwhile } from '@/lib/registry/versions'

/** Revokes a grant. The principal must manage the grant's scope. Throws NOT_FOUND, DENIED, PRECONDITION_FAILED. */
export async function deleteGrant(
  ctx: Context,
  principal: Principal,
  id: string,
  expected: ExpectedVersions,
): Promise<void> {
  authorizeProven(principal)
  await ctx.db.transaction(async (tx) => {
    const current = await requireManagedGrant(tx, principal, id)
    assertExpected(current.version, expected)
    const { value } = await describeGrant(tx, principal, id)
    if (!(await deleteGrantRow(tx, current))) throw changedMeanwhile()
    const { subjectId, scopeId, permission } = current
    await insertAuditEvent(tx, principal, {
      action: 'DELETE',
      target: { type: 'GRANT', id, name: grantName(current.subjectName, value.scope) },
      instanceId: current.instanceId,
      before: { subjectId, scopeId, permission },
      after: null,
    })
  })
}

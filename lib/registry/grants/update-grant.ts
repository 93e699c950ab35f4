import type { Principal } from '@/lib/domain/principal'
import type { Permission } from '@/lib/domain/access'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { updateGrant as updateGrantRow } from '@/lib/metadata/grants'
import { authorizeProven } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type GrantDetails, describeGrant, grantName, requireManagedGrant } from './grant-details'
import { type ExpectedVersions, type Versioned, assertExpected, changedMeanwhile } from '@/lib/registry/versions'

/**
 * Changes the permission of a grant. Writes nothing when nothing changes. A manager may lower their own grant, and then
 * sees it but cannot raise it. Throws NOT_FOUND, DENIED, PRECONDITION_FAILED.
 */
export async function updateGrant(
  ctx: Context,
  principal: Principal,
  id: string,
  { permission }: { readonly permission: Permission },
  expected: ExpectedVersions,
): Promise<Versioned<GrantDetails>> {
  authorizeProven(principal)
  return ctx.db.transaction(async (tx) => {
    const current = await requireManagedGrant(tx, principal, id)
    assertExpected(current.version, expected)
    if (current.permission === permission) return describeGrant(tx, principal, id)
    if (!(await updateGrantRow(tx, current, permission))) throw changedMeanwhile()
    const changed = await describeGrant(tx, principal, id)
    await insertAuditEvent(tx, principal, {
      action: 'UPDATE',
      target: { type: 'GRANT', id, name: grantName(current.subjectName, changed.value.scope) },
      instanceId: current.instanceId,
      before: { permission: current.permission },
      after: { permission },
    })
    return changed
  })
}

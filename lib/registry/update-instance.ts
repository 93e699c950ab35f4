import type { Principal } from '@/lib/auth/principal'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { transaction } from '@/lib/metadata/database'
import { lockRow } from '@/lib/metadata/locks'
import { updateInstance as updateInstanceRow } from '@/lib/metadata/instances'
import { changedFields } from './changed-fields'
import type { Context } from './context'
import { type InstanceDetails, describeInstance, requireInstance } from './instance-details'
import { type ExpectedVersions, type Versioned, assertExpected, changedMeanwhile } from './versions'

/**
 * Renames an instance, and with it its host names. What changes nothing writes nothing. Throws NOT_FOUND,
 * PRECONDITION_FAILED, and ALREADY_EXISTS when its region has one of that name.
 */
export async function updateInstance(
  ctx: Context,
  principal: Principal,
  id: string,
  input: { readonly name?: string | undefined },
  expected: ExpectedVersions,
  requestHost: string,
): Promise<Versioned<InstanceDetails>> {
  const row = await transaction(ctx.db, async (tx) => {
    await lockRow(tx, 'Instance', id)
    const current = await requireInstance(tx, id)
    assertExpected(current.version, expected)
    const changes = changedFields(current, { name: input.name })
    if (changes?.after.name === undefined) return current
    const updated = await updateInstanceRow(tx, current, { name: changes.after.name })
    if (updated === null) throw changedMeanwhile()
    const target = { type: 'INSTANCE', id, name: updated.name } as const
    await insertAuditEvent(tx, principal, { action: 'UPDATE', target, ...changes })
    return updated
  })
  return describeInstance(ctx, row, requestHost)
}

import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { listLostGrants } from '@/lib/metadata/grants'
import { lockRow } from '@/lib/metadata/engine/locks'
import { countLostCredentials, deleteInstance as deleteInstanceRow } from '@/lib/metadata/instances'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { requireInstance } from './instance-details'
import { type ExpectedVersions, assertExpected, changedMeanwhile } from '@/lib/registry/versions'

/**
 * Deletes an empty instance. Throws NOT_FOUND, PRECONDITION_FAILED, NOT_EMPTY while it has namespaces, and
 * INSTANCE_IS_DEFAULT for the one that serves every host that belongs to no instance.
 */
export async function deleteInstance(
  ctx: Context,
  principal: Principal,
  id: string,
  expected: ExpectedVersions,
): Promise<void> {
  authorizeAdministrator(ctx, principal)
  await ctx.db.transaction(async (tx) => {
    await lockRow(tx, 'Instance', id)
    const current = await requireInstance(tx, id)
    assertExpected(current.version, expected)
    if (current.isDefault) throw new AppError('INSTANCE_IS_DEFAULT')
    const lost = { ...(await listLostGrants(tx, { instanceId: id })), ...(await countLostCredentials(tx, id)) }
    if (!(await deleteInstanceRow(tx, current))) throw changedMeanwhile()
    const { name, regionId, specification, allowAnonymousPull } = current
    const target = { type: 'INSTANCE', id, name } as const
    const before = { name, regionId, specification, allowAnonymousPull, ...lost }
    await insertAuditEvent(tx, principal, { action: 'DELETE', target, before, after: null })
  })
}

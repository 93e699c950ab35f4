import type { Principal } from '@/lib/domain/principal'
import { createId } from '@/lib/domain/ids'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { lockName } from '@/lib/metadata/engine/locks'
import { countInstances, insertInstance } from '@/lib/metadata/instances'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type InstanceDetails, type InstanceSpecification, describeInstance } from './instance-details'
import type { Versioned } from '@/lib/registry/versions'

/**
 * Creates an instance. The first one becomes the default, which serves every host that belongs to no instance. Throws
 * ALREADY_EXISTS when its region has an instance with that name.
 */
export async function createInstance(
  ctx: Context,
  principal: Principal,
  input: { readonly name: string; readonly regionId: string; readonly specification: InstanceSpecification },
  requestHost: string,
): Promise<Versioned<InstanceDetails>> {
  authorizeAdministrator(ctx, principal)
  const row = await ctx.db.transaction(async (tx) => {
    await lockName(tx, 'default-instance')
    const isDefault = (await countInstances(tx, { viewer: null })) === 0
    const { name, regionId, specification } = input
    const settings = { name, regionId, specification, isDefault }
    const created = await insertInstance(tx, { id: createId('instance'), ...settings })
    const target = { type: 'INSTANCE', id: created.id, name: created.name } as const
    await insertAuditEvent(tx, principal, { action: 'CREATE', target, before: null, after: settings })
    return created
  })
  return describeInstance(ctx, principal, row, requestHost)
}

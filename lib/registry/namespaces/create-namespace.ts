import type { Principal } from '@/lib/domain/principal'
import { createId } from '@/lib/domain/ids'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { type NamespaceSettings, insertNamespace } from '@/lib/metadata/namespaces'
import { authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { requireInstance } from '@/lib/registry/instances/instance-details'
import { type NamespaceDetails, describeNamespace } from './namespace-details'
import type { Versioned } from '@/lib/registry/versions'

/** Creates a namespace. Throws NOT_FOUND for the instance, and ALREADY_EXISTS when the name is taken. */
export async function createNamespace(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  input: NamespaceSettings & { readonly name: string },
): Promise<Versioned<NamespaceDetails>> {
  await authorize(ctx, principal, 'manage', { instanceId })
  const row = await ctx.db.transaction(async (tx) => {
    await requireInstance(tx, instanceId)
    const created = await insertNamespace(tx, { id: createId('namespace'), instanceId, ...input })
    const target = { type: 'NAMESPACE', id: created.id, name: created.name } as const
    await insertAuditEvent(tx, principal, { action: 'CREATE', target, instanceId, before: null, after: { ...input } })
    return created
  })
  return describeNamespace(ctx.db, principal, row)
}

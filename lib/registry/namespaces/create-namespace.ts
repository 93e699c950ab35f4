import type { Principal } from '@/lib/domain/principal'
import { createId } from '@/lib/domain/ids'
import { requestedDefault } from '@/lib/domain/immutability'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { type NamespaceSettings, insertNamespace } from '@/lib/metadata/namespaces'
import { authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { requireInstance } from '@/lib/registry/instances/instance-details'
import { type NamespaceDetails, describeNamespace, settingsOfDefault } from './namespace-details'
import type { Versioned } from '@/lib/registry/versions'

/** What decides about a new namespace. */
interface NewNamespace extends Omit<NamespaceSettings, 'defaultImmutabilityMode' | 'defaultExemptTags'> {
  readonly name: string
  /** ACR's check box for new repositories; absent: the default of the instance. */
  readonly defaultTagImmutability?: boolean | undefined
}

/** Creates a namespace. Throws NOT_FOUND for the instance, and ALREADY_EXISTS when the name is taken. */
export async function createNamespace(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  { defaultTagImmutability, ...input }: NewNamespace,
): Promise<Versioned<NamespaceDetails>> {
  await authorize(ctx, principal, 'manage', { instanceId })
  const row = await ctx.db.transaction(async (tx) => {
    const instance = await requireInstance(tx, instanceId)
    const inherited = { immutabilityMode: instance.defaultImmutabilityMode, exemptTags: instance.defaultExemptTags }
    const own = requestedDefault(null, inherited, { tagImmutability: defaultTagImmutability })
    const settings = { ...input, ...settingsOfDefault(own) }
    const created = await insertNamespace(tx, { id: createId('namespace'), instanceId, ...settings })
    const target = { type: 'NAMESPACE', id: created.id, name: created.name } as const
    await insertAuditEvent(tx, principal, { action: 'CREATE', target, instanceId, before: null, after: settings })
    return created
  })
  return describeNamespace(ctx.db, principal, row)
}

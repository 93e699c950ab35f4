import type { Principal } from '@/lib/domain/principal'
import { createId } from '@/lib/domain/ids'
import { type DefaultRequest, requestedDefault } from '@/lib/domain/immutability'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { type NamespaceSettings, insertNamespace } from '@/lib/metadata/namespaces'
import { authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { defaultOf, requireInstance } from '@/lib/registry/instances/instance-details'
import { type NamespaceDetails, describeNamespace, settingsOfDefault } from './namespace-details'
import type { Versioned } from '@/lib/registry/versions'

/** What decides about a new namespace. */
interface NewNamespace
  extends Omit<NamespaceSettings, 'defaultImmutabilityMode' | 'defaultExemptTags'>, DefaultRequest {
  readonly name: string
}

/** Creates a namespace. Throws NOT_FOUND for the instance, and ALREADY_EXISTS when the name is taken. */
export async function createNamespace(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  { defaultTagImmutability, defaultImmutability, ...input }: NewNamespace,
): Promise<Versioned<NamespaceDetails>> {
  await authorize(ctx, principal, 'manage', { instanceId })
  const row = await ctx.db.transaction(async (tx) => {
    const inherited = defaultOf(await requireInstance(tx, instanceId))
    const own = requestedDefault(null, inherited, { defaultTagImmutability, defaultImmutability })
    const settings = { ...input, ...settingsOfDefault(own) }
    const created = await insertNamespace(tx, { id: createId('namespace'), instanceId, ...settings })
    const target = { type: 'NAMESPACE', id: created.id, name: created.name } as const
    await insertAuditEvent(tx, principal, { action: 'CREATE', target, instanceId, before: null, after: settings })
    return created
  })
  return describeNamespace(ctx.db, principal, row)
}

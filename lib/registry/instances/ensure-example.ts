import { systemPrincipal } from '@/lib/domain/principal'
import { createId } from '@/lib/domain/ids'
import { acrExemptTags } from '@/lib/domain/immutability'
import { defaultRegionId } from '@/lib/domain/regions'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { lockName } from '@/lib/metadata/engine/locks'
import { countInstances, insertInstance } from '@/lib/metadata/instances'
import { insertNamespace } from '@/lib/metadata/namespaces'
import { insertRepository } from '@/lib/metadata/repository-settings'
import type { Context } from '@/lib/context'

/**
 * Creates the example of ACR's documentation if there is no instance yet: instance `example` in cn-hangzhou, namespace
 * `test`, repository `example`. Creates all of it or nothing.
 */
export async function ensureExample(ctx: Context): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await lockName(tx, 'default-instance')
    if ((await countInstances(tx, { viewer: null })) > 0) return
    const instance = await insertInstance(tx, {
      id: createId('instance'),
      regionId: defaultRegionId,
      name: 'example',
      specification: 'Enterprise_Basic',
      isDefault: true,
    })
    const namespace = await insertNamespace(tx, {
      id: createId('namespace'),
      instanceId: instance.id,
      name: 'test',
      autoCreateRepository: false,
      defaultRepositoryType: 'PRIVATE',
      defaultImmutabilityMode: null,
      defaultExemptTags: null,
      acceptSparseManifests: false,
      untaggedRetentionDays: 14,
    })
    const repository = await insertRepository(tx, {
      id: createId('repository'),
      instanceId: instance.id,
      namespaceId: namespace.id,
      name: 'example',
      path: 'test/example',
      type: 'PRIVATE',
      immutabilityMode: 'off',
      exemptTags: acrExemptTags,
      immutabilitySource: 'instance',
      summary: '',
      description: '',
      updatedBy: systemPrincipal.name,
    })
    for (const target of [
      { type: 'INSTANCE', id: instance.id, name: instance.name },
      { type: 'NAMESPACE', id: namespace.id, name: namespace.name },
      { type: 'REPOSITORY', id: repository.id, name: repository.path },
    ] as const) {
      const after = { isExample: true }
      const event = { action: 'CREATE', target, instanceId: instance.id, before: null, after } as const
      await insertAuditEvent(tx, systemPrincipal, event)
    }
  })
}

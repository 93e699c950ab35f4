import type { Principal } from '@/lib/domain/principal'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { listLostGrants } from '@/lib/metadata/grants'
import { lockRow } from '@/lib/metadata/engine/locks'
import { deleteNamespace as deleteNamespaceRow } from '@/lib/metadata/namespaces'
import { authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { finishDeletions } from '@/lib/registry/finish-deletions'
import { requireNamespace } from './namespace-details'
import { type ExpectedVersions, assertExpected, changedMeanwhile } from '@/lib/registry/versions'

/** Deletes an empty namespace. Throws NOT_FOUND, PRECONDITION_FAILED, and NOT_EMPTY while it has repositories. */
export async function deleteNamespace(
  ctx: Context,
  principal: Principal,
  id: string,
  expected: ExpectedVersions,
): Promise<void> {
  await authorize(ctx, principal, 'manage', { namespaceId: id })
  await finishDeletions(ctx, { namespaceId: id })
  await ctx.db.transaction(async (tx) => {
    await lockRow(tx, 'Namespace', id)
    const current = await requireNamespace(tx, id)
    assertExpected(current.version, expected)
    const lost = await listLostGrants(tx, { scopeId: id })
    if (!(await deleteNamespaceRow(tx, current))) throw changedMeanwhile()
    const target = { type: 'NAMESPACE', id, name: current.name } as const
    const { instanceId } = current
    const before = {
      name: current.name,
      autoCreateRepository: current.autoCreateRepository,
      defaultRepositoryType: current.defaultRepositoryType,
      defaultImmutabilityMode: current.defaultImmutabilityMode,
      defaultExemptTags: current.defaultExemptTags,
      acceptSparseManifests: current.acceptSparseManifests,
      untaggedRetentionDays: current.untaggedRetentionDays,
      ...lost,
    }
    await insertAuditEvent(tx, principal, { action: 'DELETE', target, instanceId, before, after: null })
  })
}

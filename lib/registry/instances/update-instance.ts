import type { Principal } from '@/lib/domain/principal'
import { type PolicyRequest, requestedPolicy } from '@/lib/domain/immutability'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { lockRow } from '@/lib/metadata/engine/locks'
import { type InstanceSettings, updateInstance as updateInstanceRow } from '@/lib/metadata/instances'
import { changedFields } from '@/lib/registry/changed-fields'
import { authorize, authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type InstanceDetails, defaultOf, describeInstance, requireInstance } from './instance-details'
import { type ExpectedVersions, type Versioned, assertExpected, changedMeanwhile } from '@/lib/registry/versions'

interface InstanceChanges {
  readonly name?: string | undefined
  readonly allowAnonymousPull?: boolean | undefined
  readonly isLogPublic?: boolean | undefined
  /** The immutability policy of new repositories; what is absent stays. */
  readonly defaultImmutability?: PolicyRequest['immutability']
}

/**
 * Changes an instance. Only administrators may rename it: the name is part of its host names, so every address that
 * people pull from changes. Writes nothing when nothing changes. Throws NOT_FOUND, PRECONDITION_FAILED, DENIED, and
 * ALREADY_EXISTS when its region has an instance with that name.
 */
export async function updateInstance(
  ctx: Context,
  principal: Principal,
  id: string,
  { name, allowAnonymousPull, isLogPublic, defaultImmutability: immutability }: InstanceChanges,
  expected: ExpectedVersions,
  requestHost: string,
): Promise<Versioned<InstanceDetails>> {
  await authorize(ctx, principal, 'manage', { instanceId: id })
  const row = await ctx.db.transaction(async (tx) => {
    await lockRow(tx, 'Instance', id)
    const current = await requireInstance(tx, id)
    assertExpected(current.version, expected)
    const policy = requestedPolicy(defaultOf(current), { immutability })
    const changes = changedFields<InstanceSettings, keyof InstanceSettings>(current, {
      ...{ name, allowAnonymousPull, isLogPublic },
      defaultImmutabilityMode: policy.immutabilityMode,
      defaultExemptTags: policy.exemptTags,
    })
    if (changes === null) return current
    if (changes.after.name !== undefined) authorizeAdministrator(ctx, principal)
    const updated = await updateInstanceRow(tx, current, changes.after)
    if (updated === null) throw changedMeanwhile()
    const target = { type: 'INSTANCE', id, name: updated.name } as const
    await insertAuditEvent(tx, principal, { action: 'UPDATE', target, ...changes })
    return updated
  })
  return describeInstance(ctx, principal, row, requestHost)
}

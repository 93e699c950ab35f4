import type { Principal } from '@/lib/domain/principal'
import { type DefaultRequest, requestedDefault } from '@/lib/domain/immutability'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { lockRow } from '@/lib/metadata/engine/locks'
import { type NamespaceSettings, updateNamespace as updateNamespaceRow } from '@/lib/metadata/namespaces'
import { changedFields } from '@/lib/registry/changed-fields'
import { authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import {
  type NamespaceDetails,
  describeNamespace,
  ownDefault,
  requireNamespace,
  settingsOfDefault,
} from './namespace-details'
import { type ExpectedVersions, type Versioned, assertExpected, changedMeanwhile } from '@/lib/registry/versions'

type ChangedAsGiven = Omit<NamespaceSettings, 'defaultImmutabilityMode' | 'defaultExemptTags'>
type NamespaceChanges = {
  readonly [Field in keyof ChangedAsGiven]?: ChangedAsGiven[Field] | undefined
} & DefaultRequest

/**
 * Changes the defaults of a namespace; existing repositories keep their settings. Writes nothing when nothing changes.
 * Throws NOT_FOUND, PRECONDITION_FAILED.
 */
export async function updateNamespace(
  ctx: Context,
  principal: Principal,
  id: string,
  { defaultTagImmutability, defaultImmutability, ...input }: NamespaceChanges,
  expected: ExpectedVersions,
): Promise<Versioned<NamespaceDetails>> {
  await authorize(ctx, principal, 'manage', { namespaceId: id })
  const row = await ctx.db.transaction(async (tx) => {
    await lockRow(tx, 'Namespace', id)
    const current = await requireNamespace(tx, id)
    assertExpected(current.version, expected)
    const request = { defaultTagImmutability, defaultImmutability }
    const wanted = settingsOfDefault(requestedDefault(ownDefault(current), current.instanceDefault, request))
    const changes = changedFields<NamespaceSettings, keyof NamespaceSettings>(current, { ...input, ...wanted })
    if (changes === null) return current
    const updated = await updateNamespaceRow(tx, current, changes.after)
    if (updated === null) throw changedMeanwhile()
    const target = { type: 'NAMESPACE', id, name: updated.name } as const
    await insertAuditEvent(tx, principal, { action: 'UPDATE', target, instanceId: updated.instanceId, ...changes })
    return updated
  })
  return describeNamespace(ctx.db, principal, row)
}

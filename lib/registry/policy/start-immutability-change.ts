import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { createId } from '@/lib/domain/ids'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { lockRow } from '@/lib/metadata/engine/locks'
import {
  type ImmutabilityChangeRow,
  insertImmutabilityChange,
  listRunningChanges,
} from '@/lib/metadata/immutability-changes'
import { type MatchingRepositories, countManagedRepositories } from '@/lib/metadata/repository-listing'
import { authorizeManagerIn, viewerOf } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { continueWhenStored } from './continue-immutability-changes'
import { type ImmutabilityChangeDetails, describeChange } from './immutability-change-details'

/** What to change, of which repositories of the instance. */
export interface ChangeRequest {
  readonly immutability: ImmutabilityChangeRow['policy']
  /** Without ids: those that match `filter`. */
  readonly repositoryIds?: readonly string[] | undefined
  readonly filter?: MatchingRepositories | undefined
  readonly reason?: string | undefined
}

/**
 * Starts to change the policy of many repositories of an instance in the background. Each of them is changed as
 * `updateRepository` does it, if the principal may manage it at that moment, whatever was changed of it meanwhile.
 *
 * With a filter these are the repositories that exist now and match when the change comes to them. Throws NOT_FOUND for
 * the instance, DENIED for a principal that manages nothing in it, and ALREADY_RUNNING while another change of the
 * instance runs.
 */
export async function startImmutabilityChange(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  { immutability, repositoryIds, filter = {}, reason }: ChangeRequest,
): Promise<ImmutabilityChangeDetails> {
  await authorizeManagerIn(ctx, principal, instanceId)
  const row = await ctx.db.transaction(async (tx) => {
    await lockRow(tx, 'Instance', instanceId)
    if ((await listRunningChanges(tx, instanceId)).length > 0) throw new AppError('ALREADY_RUNNING')
    const total =
      repositoryIds?.length ??
      (await countManagedRepositories(tx, { ...filter, instanceId, viewer: viewerOf(principal) }))
    const change = await insertImmutabilityChange(tx, {
      id: createId('immutabilityChange'),
      instanceId,
      policy: immutability,
      selection: repositoryIds === undefined ? { filter } : { repositoryIds },
      reason: reason ?? null,
      actorId: principal.id,
      actor: principal.name,
      credential: principal.credential,
      address: principal.address,
      userAgent: principal.userAgent,
      counts: { total, changed: 0, unchanged: 0, failed: 0 },
      startedAt: new Date(),
    })
    const target = { type: 'IMMUTABILITY_CHANGE', id: change.id, name: '' } as const
    const after = { immutability, filter: repositoryIds === undefined ? filter : null, total }
    await insertAuditEvent(tx, principal, { action: 'START', target, instanceId, before: null, after, reason })
    return change
  })
  continueWhenStored(ctx, row)
  return describeChange(ctx.db, principal, row)
}

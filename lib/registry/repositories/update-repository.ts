import type { Principal } from '@/lib/domain/principal'
import { type ImmutabilityRule, type PolicyRequest, requestedPolicy } from '@/lib/domain/immutability'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { lockRow } from '@/lib/metadata/engine/locks'
import { addToOutbox } from '@/lib/metadata/outbox'
import {
  type RepositoryRow,
  type RepositorySettings,
  updateRepository as updateRepositoryRow,
} from '@/lib/metadata/repository-settings'
import { changedFields } from '@/lib/registry/changed-fields'
import { type Authorizing, authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type RepositoryDetails, describeRepository, requireRepository } from './repository-details'
import { type ExpectedVersions, type Versioned, assertExpected, changedMeanwhile } from '@/lib/registry/versions'

type ChangedAsGiven = Omit<RepositorySettings, keyof ImmutabilityRule>
type RepositoryChanges = {
  readonly [Field in keyof ChangedAsGiven]?: ChangedAsGiven[Field] | undefined
} & PolicyRequest & {
    readonly reason?: string | undefined
  }

/** A repository as a change left it. */
interface ChangedRepository {
  readonly row: RepositoryRow
  /** Whether anything changed. */
  readonly isChanged: boolean
}

/**
 * Changes a repository's settings, including its immutability policy. Writes nothing when nothing changes.
 *
 * When this returns, the change is durable and ordered against every push: a push in progress has either completed
 * before the change, or the new rule applies to it (docs/immutability.md). Throws NOT_FOUND, PRECONDITION_FAILED.
 */
export async function updateRepository(
  ctx: Context,
  principal: Principal,
  id: string,
  changes: RepositoryChanges,
  expected: ExpectedVersions,
): Promise<Versioned<RepositoryDetails>> {
  const { row } = await changeRepository(ctx, principal, id, changes, expected)
  return describeRepository(ctx.db, principal, row)
}

/**
 * The change that `updateRepository` makes, without the description. In a transaction of the caller it is durable, and
 * the rows stay locked, when that ends.
 */
export async function changeRepository(
  ctx: Authorizing & Pick<Context, 'db'>,
  principal: Principal,
  id: string,
  { reason, tagImmutability, immutability, ...input }: RepositoryChanges,
  expected: ExpectedVersions,
): Promise<ChangedRepository> {
  await authorize(ctx, principal, 'manage', { repositoryId: id })
  return ctx.db.transaction(async (tx) => {
    await lockRow(tx, 'Repository', id)
    const current = await requireRepository(tx, id)
    assertExpected(current.version, expected)
    const policy = requestedPolicy(current, { tagImmutability, immutability })
    const changes = changedFields<RepositorySettings, keyof RepositorySettings>(current, { ...input, ...policy })
    if (changes === null) return { row: current, isChanged: false }
    const { after } = changes
    const isPolicyChanged = after.immutabilityMode !== undefined || after.exemptTags !== undefined
    const updated = await updateRepositoryRow(tx, current, {
      ...after,
      ...(isPolicyChanged && { immutabilitySource: 'repository' }),
      updatedBy: principal.name,
    })
    if (updated === null) throw changedMeanwhile()
    if (isPolicyChanged) await addToOutbox(tx, updated, { kind: 'POLICY_CHANGED', ...policy })
    const target = { type: 'REPOSITORY', id, name: updated.path } as const
    await insertAuditEvent(tx, principal, {
      action: 'UPDATE',
      target,
      instanceId: updated.instanceId,
      ...changes,
      reason,
    })
    return { row: updated, isChanged: true }
  })
}

import type { Principal } from '@/lib/domain/principal'
import { type ImmutabilityRule, type PolicyRequest, requestedPolicy } from '@/lib/domain/immutability'
import { AppError } from '@/lib/domain/errors'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import type { Transaction } from '@/lib/metadata/engine/database'
import { lockRow } from '@/lib/metadata/engine/locks'
import { findNamespace } from '@/lib/metadata/namespaces'
import { addToOutbox } from '@/lib/metadata/outbox'
import {
  type RepositoryRow,
  type RepositorySettings,
  updateRepository as updateRepositoryRow,
} from '@/lib/metadata/repository-settings'
import { changedFields } from '@/lib/registry/changed-fields'
import { type Authorizing, authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { policyForNew } from '@/lib/registry/namespaces/namespace-details'
import { type RepositoryDetails, describeRepository, requireRepository } from './repository-details'
import { type ExpectedVersions, type Versioned, assertExpected, changedMeanwhile } from '@/lib/registry/versions'

type ChangedSettings = RepositorySettings & Pick<RepositoryRow, 'immutabilitySource'>
type ChangedAsGiven = Omit<RepositorySettings, keyof ImmutabilityRule>
type RepositoryChanges = {
  readonly [Field in keyof ChangedAsGiven]?: ChangedAsGiven[Field] | undefined
} & {
  readonly tagImmutability?: boolean | undefined
  /** Null: the default that a new repository of the namespace gets, and its source. */
  readonly immutability?: PolicyRequest['immutability'] | null
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
    const policy =
      immutability === null ? await defaultOf(tx, current) : requestedPolicy(current, { tagImmutability, immutability })
    const changes = changedFields<ChangedSettings, keyof ChangedSettings>(current, { ...input, ...policy })
    if (changes === null) return { row: current, isChanged: false }
    const { after } = changes
    const isPolicyChanged = after.immutabilityMode !== undefined || after.exemptTags !== undefined
    const updated = await updateRepositoryRow(tx, current, {
      ...(isPolicyChanged && { immutabilitySource: 'repository' }),
      ...after,
      updatedBy: principal.name,
    })
    if (updated === null) throw changedMeanwhile()
    if (isPolicyChanged) {
      const { immutabilityMode, exemptTags } = updated
      const former = { immutabilityMode: current.immutabilityMode, exemptTags: current.exemptTags }
      await addToOutbox(tx, updated, { kind: 'POLICY_CHANGED', former, immutabilityMode, exemptTags })
    }
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

/** The policy that a new repository beside this one gets, and where it comes from. */
async function defaultOf(tx: Transaction, { namespaceId }: RepositoryRow) {
  const namespace = await findNamespace(tx, namespaceId)
  if (namespace === null) throw new AppError('NOT_FOUND')
  return policyForNew(namespace)
}

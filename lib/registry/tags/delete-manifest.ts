import type { Context } from '@/lib/context'
import type { Digest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import type { Principal } from '@/lib/domain/principal'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import { recordDeletions } from '@/lib/metadata/ledger'
import {
  deleteManifest as deleteManifestRow,
  listChildren,
  listReferrerDigests,
  markManifestsSeen,
} from '@/lib/metadata/manifests'
import { addToOutbox } from '@/lib/metadata/outbox'
import type { RepositoryForTraffic } from '@/lib/metadata/repositories'
import { deleteTagsOf } from '@/lib/metadata/tags'
import { authorize } from '@/lib/registry/authorize'
import { type ExpectedVersions, assertExpected } from '@/lib/registry/versions'
import { turns } from '@/lib/registry/give-turns'
import { assertUnprotected } from './assert-unprotected'
import { lockForDeletion } from './lock-for-deletion'

/** How many of the tags deleted with a manifest its audit event names; the ledger has all of them. */
const namedTagsMax = 10

/**
 * Deletes a manifest and every tag that points at it. Throws NOT_FOUND for the repository, MANIFEST_UNKNOWN,
 * PRECONDITION_FAILED when `expected` names only other digests, and TAG_UNDELETABLE, with the tags, when a protected
 * tag reaches it: directly, as a child of an index or as a referrer.
 */
export async function deleteManifest(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  digest: Digest,
  expected: ExpectedVersions = null,
): Promise<void> {
  await authorize(ctx, principal, 'manage', { repositoryId })
  await ctx.db.sqlTransaction(async (tx) => {
    const repository = await lockForDeletion(tx, repositoryId)
    await assertUnprotected(tx, repository, digest, 'TAG_UNDELETABLE')
    const { tags, tagCount } = await deleteAllTagsOf(tx, repository, digest, principal)
    await keepReached(tx, repositoryId, digest)
    if (!(await deleteManifestRow(tx, repositoryId, digest))) {
      throw new AppError('MANIFEST_UNKNOWN', { detail: { reference: digest } })
    }
    assertExpected(digest, expected)
    await addToOutbox(tx, repository, { kind: 'MANIFEST_DELETED', digest })
    await insertAuditEvent(tx, principal, {
      action: 'DELETE',
      target: { type: 'MANIFEST', id: `${repositoryId}@${digest}`, name: `${repository.path}@${digest}` },
      instanceId: repository.instanceId,
      before: { digest, tags, tagCount },
      after: null,
    })
  })
}

/** Has garbage collection count the time of what only this manifest reached from now on, not from its push. */
async function keepReached(tx: SqlTransaction, repositoryId: string, digest: Digest): Promise<void> {
  const now = new Date()
  const giveTurn = turns()
  for (const listReached of [listChildren, listReferrerDigests]) {
    let reached: string[] = []
    do {
      reached = await listReached(tx, repositoryId, digest, reached.at(-1) ?? '')
      await markManifestsSeen(tx, repositoryId, reached, now)
      await giveTurn()
    } while (reached.length > 0)
  }
}

/** Deletes the tags of a manifest and records it; returns how many there were, and the names of the first. */
async function deleteAllTagsOf(
  tx: SqlTransaction,
  repository: RepositoryForTraffic,
  digest: Digest,
  principal: Principal,
) {
  const now = new Date()
  const giveTurn = turns()
  const tags: string[] = []
  let tagCount = 0
  for (;;) {
    const deleted = await deleteTagsOf(tx, repository.id, digest)
    if (deleted.length === 0) return { tags, tagCount }
    await recordDeletions(tx, repository, principal, deleted, { reason: null, now })
    tags.push(...deleted.slice(0, namedTagsMax - tags.length).map(({ name }) => name))
    tagCount += deleted.length
    await giveTurn()
  }
}

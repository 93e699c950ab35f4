import type { Context } from '@/lib/context'
import type { Digest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import type { Principal } from '@/lib/domain/principal'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { recordDeletions } from '@/lib/metadata/ledger'
import { deleteManifest as deleteManifestRow } from '@/lib/metadata/manifests'
import { addToOutbox } from '@/lib/metadata/outbox'
import { deleteTagsOf } from '@/lib/metadata/tags'
import { authorize } from '@/lib/registry/authorize'
import { assertUnprotected } from './assert-unprotected'
import { lockForDeletion } from './lock-for-deletion'

/** How many of the tags deleted with a manifest its audit event names; the ledger has all of them. */
const namedTagsMax = 10

/**
 * Deletes a manifest and every tag that points at it. Throws NOT_FOUND for the repository, MANIFEST_UNKNOWN, and
 * TAG_UNDELETABLE, with the tags, when a protected tag reaches it, directly or as a child of an index.
 */
export async function deleteManifest(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  digest: Digest,
): Promise<void> {
  await authorize(ctx, principal, 'manage', { repositoryId })
  await ctx.db.sqlTransaction(async (tx) => {
    const repository = await lockForDeletion(tx, repositoryId)
    await assertUnprotected(tx, repository, digest, 'TAG_UNDELETABLE')
    const tags = await deleteTagsOf(tx, repositoryId, digest)
    await recordDeletions(tx, repository, principal, tags, { reason: null, now: new Date() })
    if (!(await deleteManifestRow(tx, repositoryId, digest))) {
      throw new AppError('MANIFEST_UNKNOWN', { detail: { reference: digest } })
    }
    await addToOutbox(tx, repository, { kind: 'MANIFEST_DELETED', digest })
    await insertAuditEvent(tx, principal, {
      action: 'DELETE',
      target: { type: 'MANIFEST', id: `${repositoryId}@${digest}`, name: `${repository.path}@${digest}` },
      instanceId: repository.instanceId,
      before: { digest, tags: tags.slice(0, namedTagsMax).map(({ name }) => name), tagCount: tags.length },
      after: null,
    })
  })
}

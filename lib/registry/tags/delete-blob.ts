import type { Context } from '@/lib/context'
import type { Digest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import type { Principal } from '@/lib/domain/principal'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { unlinkBlob } from '@/lib/metadata/blobs'
import { addToOutbox } from '@/lib/metadata/outbox'
import { authorize } from '@/lib/registry/authorize'
import { type ExpectedVersions, assertExpected } from '@/lib/registry/versions'
import { assertUnprotected } from './assert-unprotected'
import { lockForDeletion } from './lock-for-deletion'

/**
 * Removes a blob from a repository; its bytes stay for other repositories. Throws NOT_FOUND for the repository,
 * BLOB_UNKNOWN, PRECONDITION_FAILED when `expected` names only other digests, and CONTENT_PROTECTED, with the tags,
 * when a protected tag reaches it.
 */
export async function deleteBlob(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  digest: Digest,
  expected: ExpectedVersions = null,
): Promise<void> {
  await authorize(ctx, principal, 'manage', { repositoryId })
  await ctx.db.sqlTransaction(async (tx) => {
    const repository = await lockForDeletion(tx, repositoryId)
    await assertUnprotected(tx, repository, digest, 'CONTENT_PROTECTED')
    if (!(await unlinkBlob(tx, repositoryId, digest))) throw new AppError('BLOB_UNKNOWN', { detail: { digest } })
    assertExpected(digest, expected)
    await addToOutbox(tx, repository, { kind: 'BLOB_DELETED', digest })
    await insertAuditEvent(tx, principal, {
      action: 'DELETE',
      target: { type: 'BLOB', id: `${repositoryId}@${digest}`, name: `${repository.path}@${digest}` },
      instanceId: repository.instanceId,
      before: { digest },
      after: null,
    })
  })
}

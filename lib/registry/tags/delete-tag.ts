import type { Context } from '@/lib/context'
import { isProtected } from '@/lib/domain/immutability'
import type { Principal } from '@/lib/domain/principal'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { recordDeletions } from '@/lib/metadata/ledger'
import { type TagTarget, deleteTag as deleteTagRow, findTag, forceDeleteTag } from '@/lib/metadata/tags'
import { authorize, authorizeAdministrator } from '@/lib/registry/authorize'
import { type ExpectedVersions, assertExpected } from '@/lib/registry/versions'
import { lockForDeletion } from './lock-for-deletion'

const administratorsOnly = 'only an administrator can delete an immutable tag'

/**
 * Deletes a tag, not its manifest, and returns what it was; null when it did not exist. Only an administrator can delete a
 * protected tag, and must give a reason; its name stays reserved for its digest. A tag's version is the digest it points
 * at.
 *
 * Throws NOT_FOUND for the repository, PRECONDITION_FAILED, TAG_UNDELETABLE for a protected tag without a reason, and
 * DENIED for a protected tag with a reason from a caller that is not an administrator.
 */
export async function deleteTag(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  name: string,
  { reason, expected = null }: { readonly reason?: string | undefined; readonly expected?: ExpectedVersions } = {},
): Promise<TagTarget | null> {
  await authorize(ctx, principal, 'manage', { repositoryId })
  return ctx.db.sqlTransaction(async (tx) => {
    const repository = await lockForDeletion(tx, repositoryId)
    const tag = await findTag(tx, repositoryId, name)
    if (tag === null) return null
    assertExpected(tag.digest, expected)
    if (reason !== undefined && isProtected(repository, name))
      authorizeAdministrator(ctx, principal, administratorsOnly)
    const now = new Date()
    if (reason === undefined) await deleteTagRow(tx, repository, name)
    else await forceDeleteTag(tx, repository, name, { reason, decidedBy: principal.name })
    await recordDeletions(tx, repository, principal, [tag], { reason: reason ?? null, now })
    await insertAuditEvent(tx, principal, {
      action: 'DELETE',
      target: { type: 'TAG', id: `${repositoryId}:${name}`, name: `${repository.path}:${name}` },
      instanceId: repository.instanceId,
      before: { digest: tag.digest },
      after: null,
      reason,
    })
    return tag
  })
}

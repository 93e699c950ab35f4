import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { isProtected } from '@/lib/domain/immutability'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { transaction } from '@/lib/metadata/engine/database'
import { lockRepositoryExclusively } from '@/lib/metadata/repositories'
import { insertTagEvent } from '@/lib/metadata/tag-events'
import { deleteTagByDecision, deleteTag as deleteTagRow, findTag } from '@/lib/metadata/tags'
import { assertAdministrator } from '@/lib/registry/access'
import type { Context } from '@/lib/context'
import { eventOrigin } from './event-origin'
import { type ExpectedVersions, assertExpected } from '@/lib/registry/versions'

const administratorsOnly = 'an immutable tag is deleted by administrators only'

/**
 * Deletes a tag; the manifest stays. A protected tag goes only with an administrator's reason, and leaves its name
 * reserved for its digest. Versions of a tag are digests. Throws NOT_FOUND, PRECONDITION_FAILED, TAG_UNDELETABLE for a
 * protected tag without a reason, and DENIED for one with the reason of somebody else.
 */
export async function deleteTag(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  name: string,
  { reason }: { readonly reason?: string | undefined },
  expected: ExpectedVersions,
): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const repository = await lockRepositoryExclusively(tx, repositoryId)
    const tag = repository === null ? null : await findTag(tx, repositoryId, name)
    if (repository === null || tag === null) throw new AppError('NOT_FOUND')
    assertExpected(tag.digest, expected)
    if (reason !== undefined && isProtected(repository, name)) assertAdministrator(principal, administratorsOnly)
    if (reason === undefined) await deleteTagRow(tx, repository, name)
    else await deleteTagByDecision(tx, repository, name, { reason, decidedBy: principal.name })
    await insertTagEvent(tx, {
      ...eventOrigin(principal, repository),
      tag: name,
      kind: 'DELETED',
      currentDigest: tag.digest,
      pushedDigest: null,
      reason: reason ?? null,
      now: new Date(),
    })
    await insertAuditEvent(tx, principal, {
      action: 'DELETE',
      target: { type: 'TAG', id: `${repositoryId}:${name}`, name: `${repository.path}:${name}` },
      instanceId: repository.instanceId,
      before: { digest: tag.digest },
      after: null,
      reason,
    })
  })
}

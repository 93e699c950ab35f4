import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { isProtected } from '@/lib/domain/immutability'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { listLostGrants } from '@/lib/metadata/grants'
import { lockRow } from '@/lib/metadata/engine/locks'
import { recordDeletions } from '@/lib/metadata/ledger'
import { addToOutbox } from '@/lib/metadata/outbox'
import type { Transaction } from '@/lib/metadata/engine/database'
import { type RepositoryRow, deleteRepository as deleteRepositoryRow } from '@/lib/metadata/repository-settings'
import { readTagPages } from '@/lib/metadata/tags'
import { reserveTagNames } from '@/lib/metadata/tombstones'
import { authorize, authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { requireRepository } from './repository-details'
import { type ExpectedVersions, assertExpected, changedMeanwhile } from '@/lib/registry/versions'

/** Maximum number of protected tags that the error lists. */
const namedTagsMax = 10

const administratorsOnly = 'a repository with immutable tags is deleted by administrators only'

const reason = 'the repository was deleted'

/**
 * Deletes a repository with its tags and manifests; the bytes of its blobs stay until garbage collection.
 *
 * Only an administrator can delete a repository with protected tags, with `force` set to its `<namespace>/<name>`. The
 * tags' names stay reserved for their digests, in case the repository is created again. Throws NOT_FOUND,
 * PRECONDITION_FAILED, REPOSITORY_PROTECTED with the first ten protected tags and their count, and DENIED when a member
 * uses `force`.
 */
export async function deleteRepository(
  ctx: Context,
  principal: Principal,
  id: string,
  { force }: { readonly force?: string | undefined },
  expected: ExpectedVersions,
): Promise<void> {
  await authorize(ctx, principal, 'manage', { repositoryId: id })
  await ctx.db.transaction(async (tx) => {
    await lockRow(tx, 'Repository', id)
    const current = await requireRepository(tx, id)
    assertExpected(current.version, expected)
    const { tagCount, protectedCount, firstProtected } = await countTags(tx, current)
    if (protectedCount > 0 && force !== current.path) {
      throw new AppError('REPOSITORY_PROTECTED', { detail: { tags: firstProtected, count: protectedCount } })
    }
    if (protectedCount > 0) authorizeAdministrator(ctx, principal, administratorsOnly)
    const now = new Date()
    for await (const tags of readTagPages(tx, id)) {
      const protectedTags = tags.filter((tag) => isProtected(current, tag.name))
      await reserveTagNames(tx, current, protectedTags, { reason, decidedBy: principal.name })
      await recordDeletions(tx, current, principal, tags, { reason, now })
    }
    await addToOutbox(tx, current, { kind: 'REPOSITORY_DELETED' })
    const lost = await listLostGrants(tx, { scopeId: id })
    if (!(await deleteRepositoryRow(tx, current))) throw changedMeanwhile()
    const { instanceId, path, type, tagImmutability, summary, description } = current
    await insertAuditEvent(tx, principal, {
      action: 'DELETE',
      target: { type: 'REPOSITORY', id, name: path },
      instanceId,
      before: { path, type, tagImmutability, summary, description, tagCount, ...lost },
      after: null,
    })
  })
}

/** How many tags a repository has and how many of them are protected, with the names of the first protected ones. */
async function countTags(tx: Transaction, repository: RepositoryRow) {
  const firstProtected: string[] = []
  let tagCount = 0
  let protectedCount = 0
  for await (const tags of readTagPages(tx, repository.id)) {
    const names = tags.map((tag) => tag.name).filter((name) => isProtected(repository, name))
    firstProtected.push(...names.slice(0, namedTagsMax - firstProtected.length))
    tagCount += tags.length
    protectedCount += names.length
  }
  return { tagCount, protectedCount, firstProtected }
}

import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { isProtected } from '@/lib/domain/immutability'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { listLostGrants } from '@/lib/metadata/grants'
import { lockRow } from '@/lib/metadata/engine/locks'
import type { Transaction } from '@/lib/metadata/engine/database'
import { markRepositoryDeleted } from '@/lib/metadata/repository-deletions'
import type { RepositoryRow } from '@/lib/metadata/repository-settings'
import { readTagPages } from '@/lib/metadata/tags'
import { authorize, authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { finishDeletions } from '@/lib/registry/finish-deletions'
import { requireRepository } from './repository-details'
import { type ExpectedVersions, assertExpected, changedMeanwhile } from '@/lib/registry/versions'

/** Maximum number of protected tags that the error lists. */
const namedTagsMax = 10

const administratorsOnly = 'a repository with immutable tags is deleted by administrators only'

/**
 * Deletes a repository with its tags and manifests; the bytes of its blobs stay until garbage collection. One
 * transaction takes it from all readers, and batches then remove its rows, so that a large one does not make others
 * wait. After a failure in between the deletion stands, and the server finishes it later.
 *
 * Only an administrator can delete a repository with protected tags, with `force` set to its `<namespace>/<name>`, and
 * with a reason. The tags' names stay reserved for their digests, in case the repository is created again. Throws
 * NOT_FOUND, PRECONDITION_FAILED, REPOSITORY_PROTECTED with the first ten protected tags and their count, DENIED when a
 * member uses `force`, and BAD_REQUEST without a reason.
 */
export async function deleteRepository(
  ctx: Context,
  principal: Principal,
  id: string,
  { force, reason }: { readonly force?: string | undefined; readonly reason?: string | undefined },
  expected: ExpectedVersions,
): Promise<void> {
  await authorize(ctx, principal, 'manage', { repositoryId: id })
  const { instanceId, path } = await ctx.db.transaction(async (tx) => {
    await lockRow(tx, 'Repository', id)
    const current = await requireRepository(tx, id)
    assertExpected(current.version, expected)
    const { tagCount, protectedCount, firstProtected } = await countTags(tx, current)
    if (protectedCount > 0 && force !== current.path) {
      throw new AppError('REPOSITORY_PROTECTED', { detail: { tags: firstProtected, count: protectedCount } })
    }
    if (protectedCount > 0) {
      authorizeAdministrator(ctx, principal, administratorsOnly)
      if (reason === undefined) {
        throw new AppError('BAD_REQUEST', { fields: [{ path: 'reason', message: 'required for immutable tags' }] })
      }
    }
    const lost = await listLostGrants(tx, { scopeId: id })
    if (!(await markRepositoryDeleted(tx, current, principal, { reason: reason ?? null, now: new Date() })))
      throw changedMeanwhile()
    const { instanceId, path, type, immutabilityMode, exemptTags, summary, description } = current
    await insertAuditEvent(tx, principal, {
      action: 'DELETE',
      target: { type: 'REPOSITORY', id, name: path },
      instanceId,
      before: { path, type, immutabilityMode, exemptTags, summary, description, tagCount, ...lost },
      after: null,
      reason,
    })
    return current
  })
  try {
    await finishDeletions(ctx, { instanceId, path })
  } catch (err) {
    ctx.log.error({ err, repository: path }, 'a deleted repository could not be removed whole: it is tried again')
  }
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

import { isDeepStrictEqual } from 'node:util'
import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { type ImmutabilityRule, isProtected } from '@/lib/domain/immutability'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { listLostGrants } from '@/lib/metadata/grants'
import { lockRow } from '@/lib/metadata/engine/locks'
import type { Source, SqlTransaction } from '@/lib/metadata/engine/database'
import { markRepositoryDeleted } from '@/lib/metadata/repository-deletions'
import type { RepositoryRow } from '@/lib/metadata/repository-settings'
import { listTagsSetSince, readTagPages } from '@/lib/metadata/tags'
import { getRepositoryTotals } from '@/lib/metadata/totals'
import { authorize, authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { finishDeletions } from '@/lib/registry/finish-deletions'
import { requireRepository } from './repository-details'
import { type ExpectedVersions, assertExpected, changedMeanwhile } from '@/lib/registry/versions'

/** Maximum number of protected tags that the error lists. */
const namedTagsMax = 10

/** How much the clocks of the servers over one database may differ, in milliseconds. */
const clocksDifferMs = 600_000

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
  const seen = await findProtectedTags(ctx.db, await requireRepository(ctx.db, id))
  const { instanceId, path } = await ctx.db.transaction(async (tx) => {
    await lockRow(tx, 'Repository', id)
    const current = await requireRepository(tx, id)
    assertExpected(current.version, expected)
    const tags = await addProtectedSince(tx, current, seen)
    if (tags.count > 0 && force !== current.path) throw new AppError('REPOSITORY_PROTECTED', { detail: { ...tags } })
    if (tags.count > 0) {
      authorizeAdministrator(ctx, principal, administratorsOnly)
      if (reason === undefined) {
        throw new AppError('BAD_REQUEST', { fields: [{ path: 'reason', message: 'required for immutable tags' }] })
      }
    }
    const lost = await listLostGrants(tx, { scopeId: id })
    const { tagCount } = (await getRepositoryTotals(tx, [id]))(id)
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

/** The protected tags of a repository. */
interface ProtectedTags {
  readonly count: number
  /** The first of them. */
  readonly tags: readonly string[]
}

interface SeenTags extends ProtectedTags {
  readonly rule: ImmutabilityRule
  /** When they began to be read. */
  readonly at: Date
}

/** Reads all tags, outside of the transaction: with a million of them, writers would wait for seconds. */
async function findProtectedTags(source: Source, repository: RepositoryRow): Promise<SeenTags> {
  const { immutabilityMode, exemptTags } = repository
  const at = new Date()
  const first: string[] = []
  let count = 0
  if (immutabilityMode === 'enforce') {
    for await (const page of readTagPages(source, repository.id)) {
      const names = page.map((tag) => tag.name).filter((name) => isProtected(repository, name))
      first.push(...names.slice(0, namedTagsMax - first.length))
      count += names.length
    }
  }
  return { rule: { immutabilityMode, exemptTags }, at, count, tags: first }
}

/**
 * What is protected, under the repository's lock: what was seen before, or what was set since. Throws PRECONDITION_FAILED
 * when the policy has changed.
 */
async function addProtectedSince(tx: SqlTransaction, current: RepositoryRow, seen: SeenTags): Promise<ProtectedTags> {
  const { immutabilityMode, exemptTags } = current
  if (!isDeepStrictEqual(seen.rule, { immutabilityMode, exemptTags })) throw changedMeanwhile()
  if (seen.count > 0 || immutabilityMode !== 'enforce') return { tags: seen.tags, count: seen.count }
  const since = await listTagsSetSince(tx, current.id, new Date(seen.at.getTime() - clocksDifferMs))
  const names = since.filter((name) => isProtected(current, name))
  return { tags: names.slice(0, namedTagsMax), count: names.length }
}

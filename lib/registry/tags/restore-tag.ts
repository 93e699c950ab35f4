import type { Context } from '@/lib/context'
import { AppError } from '@/lib/domain/errors'
import type { TagPrecondition } from '@/lib/domain/immutability'
import { tagHistoryKinds } from '@/lib/domain/ledger'
import type { Principal } from '@/lib/domain/principal'
import { isTag } from '@/lib/domain/reference'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { listTagEvents } from '@/lib/metadata/ledger-listing'
import { listManifestSummaries } from '@/lib/metadata/manifests'
import { lockRepository } from '@/lib/metadata/repositories'
import { authorize } from '@/lib/registry/authorize'
import { moveAndRecord } from '@/lib/registry/move-and-record'
import { RefusedMoves, recordingRefusals } from '@/lib/registry/refused-moves'
import type { ExpectedVersions, Versioned } from '@/lib/registry/versions'
import { type MovedTag, toMovedTag } from './moved-tag-details'

/** What to restore a tag to, and why. */
interface Restoration {
  readonly digest: string
  readonly reason?: string | undefined
}

/**
 * Points a tag, or the name of a deleted one, at a digest of its history whose manifest is still there. The
 * immutability policy decides as it does for a push, and so does who may do it: whoever may push could push that
 * manifest again. The digest that it has already changes nothing and is not recorded. A tag's version is the digest it
 * points at.
 *
 * Throws NOT_FOUND for the repository, DENIED, DIGEST_NOT_IN_HISTORY, MANIFEST_GONE, PRECONDITION_FAILED, or the reason
 * of a refused move (`RefusalReason`), which is recorded.
 */
export async function restoreTag(
  ctx: Context,
  principal: Principal,
  { repositoryId, tag: name }: { readonly repositoryId: string; readonly tag: string },
  { digest, reason }: Restoration,
  expected: ExpectedVersions = null,
): Promise<Versioned<MovedTag>> {
  await authorize(ctx, principal, 'push', { repositoryId })
  // The ledger keeps every entry: what is in the history now will be in the transaction.
  const [entry] = await listTagEvents(
    ctx.db,
    { scope: { repositoryId }, tag: name, kinds: tagHistoryKinds, digest },
    { order: 'newest first', after: null, limit: 1 },
  )
  if (entry === undefined || !isTag(name)) {
    throw new AppError('DIGEST_NOT_IN_HISTORY', { detail: { tag: name, digest } })
  }
  const precondition: TagPrecondition = expected === null ? { kind: 'none' } : { kind: 'match', digests: expected }
  const moved = await recordingRefusals(ctx, principal, () =>
    ctx.db.sqlTransaction(async (tx) => {
      // Garbage collection and deletions take this lock exclusively: the manifest stays until the tag points at it.
      const repository = await lockRepository(tx, repositoryId)
      if (repository === null) throw new AppError('NOT_FOUND')
      const [manifest] = await listManifestSummaries(tx, repositoryId, [digest])
      if (manifest === undefined) throw new AppError('MANIFEST_GONE', { detail: { tag: name, digest } })
      const move = { name, digest, precondition, isRestore: true, reason, now: new Date() }
      const result = await moveAndRecord(tx, principal, repository, move)
      if (result.outcome === 'refused') throw new RefusedMoves(repository, [result.refusal])
      if (result.outcome === 'unchanged') return result
      const previousDigest = result.outcome === 'moved' ? result.previousDigest : null
      await insertAuditEvent(tx, principal, {
        action: previousDigest === null ? 'CREATE' : 'UPDATE',
        target: { type: 'TAG', id: `${repositoryId}:${name}`, name: `${repository.path}:${name}` },
        instanceId: repository.instanceId,
        before: previousDigest === null ? null : { digest: previousDigest },
        after: { digest },
        reason,
      })
      return result
    }),
  )
  return { value: toMovedTag(ctx, name, digest, moved), version: digest }
}

import type { Principal } from '@/lib/domain/principal'
import type { Digest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { type SqlTransaction, sqlTransaction } from '@/lib/metadata/engine/database'
import { deleteManifest as deleteManifestRow } from '@/lib/metadata/manifests'
import { type RepositoryForTraffic, lockRepositoryExclusively } from '@/lib/metadata/repositories'
import { insertTagEvent } from '@/lib/metadata/tag-events'
import { type TagTarget, deleteTag as deleteTagRow, listTagsOf } from '@/lib/metadata/tags'
import { assertUnprotected } from './assert-unprotected'
import type { Context } from '@/lib/context'
import { eventOrigin } from './event-origin'

/** Deletes a tag for a container client; the manifest stays. Throws MANIFEST_UNKNOWN or TAG_UNDELETABLE. */
export async function deleteTag(
  ctx: Context,
  principal: Principal,
  repository: RepositoryForTraffic,
  name: string,
): Promise<void> {
  await sqlTransaction(ctx.db, async (tx) => {
    const locked = await requireLocked(tx, repository.id)
    const deleted = await deleteTagRow(tx, locked, name)
    if (deleted === null) throw new AppError('MANIFEST_UNKNOWN', { detail: { reference: name } })
    await recordDeletion(tx, principal, locked, deleted)
  })
}

/**
 * Deletes a manifest and every tag that points at it. Throws MANIFEST_UNKNOWN, and TAG_UNDELETABLE naming the tags when
 * a protected tag reaches it, as an index's child too.
 */
export async function deleteManifest(
  ctx: Context,
  principal: Principal,
  repository: RepositoryForTraffic,
  digest: Digest,
): Promise<void> {
  await sqlTransaction(ctx.db, async (tx) => {
    const locked = await requireLocked(tx, repository.id)
    await assertUnprotected(tx, locked, digest, 'TAG_UNDELETABLE')
    for (const tag of await listTagsOf(tx, locked.id, digest)) {
      await deleteTagRow(tx, locked, tag.name)
      await recordDeletion(tx, principal, locked, tag)
    }
    if (!(await deleteManifestRow(tx, locked.id, digest))) {
      throw new AppError('MANIFEST_UNKNOWN', { detail: { reference: digest } })
    }
  })
}

async function requireLocked(tx: SqlTransaction, id: string): Promise<RepositoryForTraffic> {
  const repository = await lockRepositoryExclusively(tx, id)
  if (repository === null) throw new AppError('NAME_UNKNOWN')
  return repository
}

function recordDeletion(tx: SqlTransaction, principal: Principal, repository: RepositoryForTraffic, tag: TagTarget) {
  return insertTagEvent(tx, {
    ...eventOrigin(principal, repository),
    tag: tag.name,
    kind: 'DELETED',
    currentDigest: tag.digest,
    pushedDigest: null,
    reason: null,
    now: new Date(),
  })
}

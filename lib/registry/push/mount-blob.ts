import type { Principal } from '@/lib/domain/principal'
import type { Digest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { findBlobLink, isBlobVisibleInInstance, linkBlob } from '@/lib/metadata/blobs'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import { lockRepository } from '@/lib/metadata/repositories'
import { viewerOf } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type OpenedRepository, assertOpened } from '@/lib/registry/traffic/opened-repository'

/**
 * Links a blob of another repository to `target` without sending its bytes; returns whether that was possible. The
 * caller must be allowed to pull from `source` (`findMountSource`). Without a source, the blob may be in any repository
 * of the instance that the principal may pull from by its current grants. Throws STORAGE_FULL.
 */
export async function mountBlob(
  ctx: Context,
  principal: Principal,
  { source, target }: { readonly source: OpenedRepository | null; readonly target: OpenedRepository },
  digest: Digest,
): Promise<boolean> {
  assertOpened(target, principal, 'push')
  if (source !== null) assertOpened(source, principal, 'pull')
  ctx.reserve.assertRoomForContent()
  const sizeBytes = await ctx.blobs.stat(digest)
  if (sizeBytes === null) return false
  try {
    return await ctx.db.sqlTransaction(async (tx) => {
      if ((await lockRepository(tx, target.id)) === null) return false
      const { instanceId } = target
      const isThere =
        source === null
          ? await isBlobVisibleInInstance(tx, viewerOf(principal), { instanceId, digest })
          : await isBlobOf(tx, source, digest)
      if (!isThere) return false
      // A scrub may have marked it since the look above.
      const isGood = await linkBlob(tx, target.id, { digest, sizeBytes, arePushed: false, now: new Date() })
      // The row is locked now, so garbage collection cannot delete the bytes (collect-garbage.ts).
      if (!isGood || (await ctx.blobs.stat(digest, tx)) !== sizeBytes) throw new AppError('BLOB_UNKNOWN')
      return true
    })
  } catch (error) {
    if (AppError.is(error) && error.code === 'BLOB_UNKNOWN') return false
    throw error
  }
}

async function isBlobOf(tx: SqlTransaction, source: OpenedRepository, digest: Digest): Promise<boolean> {
  const link = await findBlobLink(tx, source.id, digest)
  return link !== null && !link.isCorrupt
}

import type { Digest } from '@/lib/domain/digest'
import { isBlobLinked, isBlobLinkedInInstance, linkBlob } from '@/lib/metadata/blobs'
import { transaction } from '@/lib/metadata/database'
import type { Context } from './context'
import type { Repository } from './open-repository'

/**
 * Gives a repository a blob that another one has, without sending its bytes; answers whether that was possible. The
 * caller must be allowed to pull from `source`; without a source, any repository of the instance will do, and the
 * caller must be allowed to pull from all of them.
 */
export async function mountBlob(
  ctx: Context,
  source: Repository | null,
  target: Repository,
  digest: Digest,
): Promise<boolean> {
  const sizeBytes = await ctx.blobs.stat(digest)
  if (sizeBytes === null) return false
  return transaction(ctx.db, async (tx) => {
    const isThere =
      source === null
        ? await isBlobLinkedInInstance(tx, target.instanceId, digest)
        : await isBlobLinked(tx, source.id, digest)
    if (isThere) await linkBlob(tx, target.id, { digest, sizeBytes })
    return isThere
  })
}

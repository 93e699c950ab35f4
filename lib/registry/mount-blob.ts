import type { Digest } from '@/lib/domain/digest'
import { findBlobLink, isBlobLinkedInInstance, linkBlob } from '@/lib/metadata/blobs'
import { sqlTransaction } from '@/lib/metadata/database'
import { lockRepository } from '@/lib/metadata/repositories'
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
  return sqlTransaction(ctx.db, async (tx) => {
    if ((await lockRepository(tx, target.id)) === null) return false
    const isThere =
      source === null
        ? await isBlobLinkedInInstance(tx, target.instanceId, digest)
        : (await findBlobLink(tx, source.id, digest)) !== null
    if (isThere) await linkBlob(tx, target.id, { digest, sizeBytes, now: new Date() })
    return isThere
  })
}

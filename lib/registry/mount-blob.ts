import type { Digest } from '@/lib/domain/digest'
import { isBlobLinked, linkBlob } from '@/lib/metadata/blobs'
import { transaction } from '@/lib/metadata/database'
import type { RepositoryForTraffic } from '@/lib/metadata/repositories'
import type { Context } from './context'

/**
 * Gives a repository a blob that another one has, without sending its bytes; answers whether `source` had it. The
 * caller must be allowed to pull from `source`.
 */
export async function mountBlob(
  ctx: Context,
  source: RepositoryForTraffic,
  target: RepositoryForTraffic,
  digest: Digest,
): Promise<boolean> {
  const sizeBytes = await ctx.blobs.stat(digest)
  if (sizeBytes === null) return false
  return transaction(ctx.db, async (tx) => {
    if (!(await isBlobLinked(tx, source.id, digest))) return false
    await linkBlob(tx, target.id, { digest, sizeBytes })
    return true
  })
}

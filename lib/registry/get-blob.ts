import type { Digest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import type { ByteRange } from '@/lib/domain/range'
import { findBlobLink } from '@/lib/metadata/blobs'
import type { RepositoryForTraffic } from '@/lib/metadata/repositories'
import type { BlobReader } from '@/lib/storage/blob-store'
import type { Context } from './context'

/** Size in bytes of a blob of the repository. Throws BLOB_UNKNOWN, also for one that only other repositories have. */
export async function getBlobSize(ctx: Context, repository: RepositoryForTraffic, digest: Digest): Promise<number> {
  const link = await findBlobLink(ctx.db, repository.id, digest)
  const size = link === null || link.isCorrupt ? null : await ctx.blobs.stat(digest)
  if (size === null) throw new AppError('BLOB_UNKNOWN', { detail: { digest } })
  return size
}

/** Opens a blob whose size `getBlobSize` has said. The reader must be piped or closed. */
export async function openBlob(ctx: Context, digest: Digest, range?: ByteRange): Promise<BlobReader> {
  return ctx.blobs.read(digest, range)
}

import type { Principal } from '@/lib/domain/principal'
import type { Digest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { WriterNeeded } from '@/lib/domain/writer-needed'
import type { ByteRange } from '@/lib/domain/range'
import { findBlobLink, linkSeenGrainMs } from '@/lib/metadata/blobs'
import { markLinkSeen } from '@/lib/metadata/garbage'
import type { BlobReader } from '@/lib/storage/blob-store'
import type { Context } from '@/lib/context'
import { checkWhileReading } from './check-while-reading'
import { type OpenedRepository, assertOpened } from '@/lib/registry/traffic/opened-repository'

/** A blob of a repository that was opened to pull. */
export interface ReadableBlob {
  readonly size: number
  /** Opens the whole blob or a range of it. The reader must be piped or closed. */
  readonly open: (range?: ByteRange) => Promise<BlobReader>
  /**
   * An address where the client can read the whole blob, or one range of it, without credentials; null when it must be
   * opened. What is read there is not verified (`STELE_VERIFY_HOURS`): it does not pass by here.
   */
  readonly findAddress: () => Promise<string | null>
}

/** Returns a blob of the repository. Throws BLOB_UNKNOWN, also for a blob that only other repositories have. */
export async function getBlob(
  ctx: Context,
  principal: Principal,
  repository: OpenedRepository,
  digest: Digest,
): Promise<ReadableBlob> {
  assertOpened(repository, principal, 'pull')
  const { size } = await findBlob(ctx, repository, digest)
  return {
    size,
    async open(range) {
      const reader = await ctx.blobs.read(digest, range)
      if (reader.size !== size) {
        await reader.close()
        throw hasOtherSize(ctx, digest, { size: reader.size, expectedSize: size })
      }
      return range === undefined ? checkWhileReading(ctx, digest, reader) : reader
    },
    findAddress: async () => (await ctx.blobs.addressOf?.(digest)) ?? null,
  }
}

/**
 * Returns the size in bytes of a blob of the repository, for a client that asks whether it must push the blob. It may
 * be about to push a manifest that refers to it, so garbage collection keeps the link for its grace period from now on.
 * Throws BLOB_UNKNOWN.
 */
export async function getBlobSizeForPush(
  ctx: Context,
  principal: Principal,
  repository: OpenedRepository,
  digest: Digest,
): Promise<number> {
  assertOpened(repository, principal, 'pull')
  const { size, seenAt } = await findBlob(ctx, repository, digest)
  const now = new Date()
  // On a full disk nobody can push, and each pull would use a little of the space that is left.
  const isDue = now.getTime() - seenAt.getTime() >= linkSeenGrainMs(ctx.config.maintenance.graceHours)
  if (isDue && !ctx.reserve.isLow) await markSeen(ctx, repository, digest, now)
  return size
}

async function findBlob(
  ctx: Context,
  repository: OpenedRepository,
  digest: Digest,
): Promise<{ size: number; seenAt: Date }> {
  const link = await findBlobLink(ctx.db, repository.id, digest)
  const size = link === null || link.isCorrupt ? null : await ctx.blobs.stat(digest)
  if (link === null || size === null) throw unknown(digest)
  if (BigInt(size) !== link.sizeBytes) throw hasOtherSize(ctx, digest, { size, expectedSize: Number(link.sizeBytes) })
  return { size, seenAt: link.seenAt }
}

async function markSeen(ctx: Context, repository: OpenedRepository, digest: Digest, now: Date): Promise<void> {
  if (!ctx.db.mayWrite) throw new WriterNeeded()
  let isLinked
  try {
    isLinked = await ctx.db.sqlTransaction((tx) => markLinkSeen(tx, { repositoryId: repository.id, digest }, now))
  } catch (err) {
    // The size is still correct; at worst the manifest is refused and the blob pushed again.
    ctx.log.warn({ err, digest }, 'a blob that was asked for could not be marked as seen')
    return
  }
  // Garbage collection removed the link after the lookup.
  if (!isLinked) throw unknown(digest)
}

function hasOtherSize(ctx: Context, digest: Digest, sizes: { size: number; expectedSize: number }): AppError {
  ctx.log.error({ digest, ...sizes }, 'a blob is corrupt: push it again')
  return unknown(digest)
}

function unknown(digest: Digest): AppError {
  return new AppError('BLOB_UNKNOWN', { detail: { digest } })
}

import type { Digest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import { lockBlobs } from '@/lib/metadata/garbage'
import { type ScrubbedBlob, listRepositoryPathsOf, setCorruptAt } from '@/lib/metadata/scrub'
import { isIntact } from '@/lib/storage/is-intact'
import type { Context } from '@/lib/context'

/** How many of the repositories with a corrupt blob the log names. */
const namedRepositoriesMax = 10

/**
 * Reads a blob again, updates its corrupt mark, moves wrong bytes aside, and returns whether it is corrupt or missing,
 * which is logged. Waits for `pace` after each chunk.
 */
export async function judgeBlob(
  ctx: Context,
  blob: ScrubbedBlob,
  pace: (bytes: number) => Promise<void>,
): Promise<boolean> {
  const isCorrupt = await judge(ctx, blob, pace)
  if (isCorrupt) {
    const repositories = await listRepositoryPathsOf(ctx.db, blob.digest, namedRepositoriesMax)
    ctx.log.error({ digest: blob.digest, repositories }, 'a blob is corrupt or missing: push it again')
  }
  return isCorrupt
}

async function judge(
  ctx: Context,
  { digest: text, isLinked, isCorrupt: wasCorrupt }: ScrubbedBlob,
  pace: (bytes: number) => Promise<void>,
): Promise<boolean> {
  const digest = text as Digest
  for (;;) {
    const publishedAt = await ctx.blobs.publishedAt(digest)
    const isGood = publishedAt !== null && (await isIntact(ctx.blobs, digest, pace).catch(whenGone))
    if (isGood) ctx.verifiedBlobs.note(digest)
    if (isGood && !wasCorrupt) return false
    // No repository needs the missing bytes.
    if (publishedAt === null && !isLinked) return false
    if (publishedAt === null && wasCorrupt) return true
    // A missing blob proves nothing while the store is away.
    if (publishedAt === null) await ctx.blobs.probe()
    const outcome = await ctx.db.sqlTransaction(async (tx) => {
      if (!(await lockBlobs(tx, [digest])).has(digest)) return 'collected'
      // If the blob was pushed or collected meanwhile, these are not the bytes that were read. From here on, pushes
      // wait.
      if ((await ctx.blobs.publishedAt(digest, tx))?.getTime() !== publishedAt?.getTime()) return 'changed'
      await setCorruptAt(tx, digest, isGood ? null : new Date())
      if (!isGood) await quarantine(ctx, tx, digest)
      return isGood ? 'good' : 'corrupt'
    })
    if (outcome !== 'changed') return outcome === 'corrupt'
  }
}

/** Treats a blob deleted before it could be read as not intact (`judgeBlob` then retries); rethrows other errors. */
function whenGone(error: unknown): boolean {
  if (AppError.is(error) && error.code === 'BLOB_UNKNOWN') return false
  throw error
}

/** Quarantines a blob's bytes. If that fails, the mark in the database still keeps the blob from being served. */
async function quarantine(ctx: Context, tx: SqlTransaction, digest: Digest): Promise<void> {
  try {
    await ctx.blobs.quarantine(digest, tx)
  } catch (err) {
    ctx.log.error({ err, digest }, 'the bytes of a corrupt blob could not be put aside')
  }
}

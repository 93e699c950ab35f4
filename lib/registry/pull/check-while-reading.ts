import { setTimeout } from 'node:timers/promises'
import type { Digest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { WriterNeeded } from '@/lib/domain/writer-needed'
import type { BlobReader } from '@/lib/storage/blob-store'
import type { Context } from '@/lib/context'
import { judgeBlob } from '@/lib/registry/judge-blob'

/** How long the last chunk waits for the check, in milliseconds: a client that is faster than the check is not held up. */
const waitMaxMs = 500

/**
 * Verifies a blob while it is read, if it was not verified for a time (`STELE_VERIFY_HOURS`). When its bytes no longer
 * match its digest, it is marked and moved aside as by a scrub, and the reader throws UNAVAILABLE instead of writing the
 * last chunk. A client that reads faster than the bytes are hashed gets all of them; the next one does not.
 */
export async function checkWhileReading(ctx: Context, digest: Digest, reader: BlobReader): Promise<BlobReader> {
  const dueMs = ctx.config.maintenance.verifyHours * 3_600_000
  if (dueMs === 0 || !ctx.verifiedBlobs.isDue(digest, reader.publishedAt, dueMs)) return reader
  if (!ctx.db.mayWrite) {
    // A process that writes serves this pull and checks the blob: it can mark it. Those who ask meanwhile are served here.
    ctx.verifiedBlobs.note(digest)
    await reader.close()
    throw new WriterNeeded()
  }
  const checking = reader.check()
  if (checking === null) return reader
  // Not again by those who ask meanwhile.
  ctx.verifiedBlobs.note(digest)
  const isGood = conclude(ctx, digest, checking)
  return {
    size: reader.size,
    length: reader.length,
    publishedAt: reader.publishedAt,
    check: () => reader.check(),
    close: () => reader.close(),
    pipeTo: (sink) =>
      reader.pipeTo(sink, async () => {
        const waited = new AbortController()
        const late = setTimeout(waitMaxMs, true, { signal: waited.signal }).catch(() => true)
        const mayEnd = await Promise.race([isGood, late])
        waited.abort()
        if (!mayEnd) throw new AppError('UNAVAILABLE', { cause: new Error(`the bytes of ${digest} have changed`) })
      }),
  }
}

/** Returns false, and has the blob marked, when the check found wrong bytes. Never rejects. */
async function conclude(ctx: Context, digest: Digest, checking: Promise<boolean>): Promise<boolean> {
  try {
    if (await checking) return true
    void judgeBlob(ctx, { digest, isLinked: true, isCorrupt: false }, () => Promise.resolve()).catch((err: unknown) =>
      ctx.log.error({ err, digest }, 'a corrupt blob could not be marked'),
    )
    return false
  } catch (err) {
    ctx.log.warn({ err, digest }, 'a blob could not be verified while it was pulled')
    return true
  }
}

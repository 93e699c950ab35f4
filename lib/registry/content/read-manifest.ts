import { setImmediate } from 'node:timers/promises'
import { digestAlgorithm, parseDigest } from '@/lib/domain/digest'
import { isLargeManifest } from '@/lib/domain/manifest'
import { type ManifestContent, readManifestContent } from '@/lib/domain/content/manifest-content'
import type { ManifestRow } from '@/lib/metadata/manifest-content'
import { findManifest } from '@/lib/metadata/manifests'
import { digestOf } from '@/lib/storage/hash'
import type { Context } from '@/lib/context'

/**
 * Runs work on content of `bytes`. Large content takes tens of milliseconds to read: one at a time, with a turn for other
 * requests before and after each. Throws UNAVAILABLE when too many wait.
 */
export async function inContentTurn<T>(ctx: Context, bytes: number, work: () => Promise<T>): Promise<T> {
  if (!isLargeManifest(bytes)) return work()
  return ctx.contentTurns.pass(async () => {
    await setImmediate()
    const value = await work()
    await setImmediate()
    return value
  })
}

/**
 * Returns what a manifest says. Null when its bytes cannot be parsed, when they no longer match its digest, or when it is
 * gone.
 */
export async function readManifest(
  ctx: Context,
  repositoryId: string,
  { digest, sizeBytes }: Pick<ManifestRow, 'digest' | 'sizeBytes'>,
): Promise<ManifestContent | null> {
  return inContentTurn(ctx, sizeBytes, async () => {
    const manifest = await findManifest(ctx.db, repositoryId, digest)
    if (manifest === null) return null
    if (digestOf(manifest.content, digestAlgorithm(parseDigest(digest))) !== digest) {
      ctx.log.error({ repositoryId, digest }, 'a manifest is corrupt')
      return null
    }
    if (isLargeManifest(sizeBytes)) await setImmediate()
    return readManifestContent(manifest.content, manifest.mediaType)
  })
}

import type { Principal } from '@/lib/domain/principal'
import { digestAlgorithm, digestHex, isDigest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { findManifest } from '@/lib/metadata/manifests'
import { digestOf } from '@/lib/storage/hash'
import type { Context } from '@/lib/context'
import { authorize } from '@/lib/registry/authorize'

/** A file of a repository, to download. */
export interface ContentFile {
  /** Safe to use as a file name. */
  readonly fileName: string
  /** Read as it is taken. */
  readonly content: AsyncIterable<Uint8Array>
}

/**
 * Returns the exact bytes of a manifest. Throws NOT_FOUND for the manifest or the repository, and for bytes that no
 * longer match the digest.
 */
export async function downloadManifest(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  digest: string,
): Promise<ContentFile> {
  await authorize(ctx, principal, 'pull', { repositoryId })
  const manifest = isDigest(digest) ? await findManifest(ctx.db, repositoryId, digest) : null
  if (manifest === null || !isDigest(digest)) throw new AppError('NOT_FOUND')
  if (digestOf(manifest.content, digestAlgorithm(digest)) !== digest) {
    ctx.log.error({ repositoryId, digest }, 'a manifest is corrupt')
    throw new AppError('NOT_FOUND', { message: 'the stored bytes no longer match the digest: push the manifest again' })
  }
  return {
    fileName: `manifest-${digestHex(digest).slice(0, 12)}.json`,
    content: once(manifest.content),
  }
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(content)
}

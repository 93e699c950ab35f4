import type { Principal } from '@/lib/domain/principal'
import { safeFileName } from '@/lib/domain/content/file-name'
import type { ManifestContent } from '@/lib/domain/content/manifest-content'
import { type Digest, digestHex, isDigest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { findBlobLink } from '@/lib/metadata/blobs'
import { findManifestRow, isNamedBy } from '@/lib/metadata/manifest-content'
import type { Context } from '@/lib/context'
import { authorize } from '@/lib/registry/authorize'
import type { ContentFile } from './download-manifest'
import { titleOf } from './manifest-details'
import { readManifest } from './read-manifest'
import { streamBlob } from './stream-blob'

/** Which file of which manifest. */
export interface FileOfManifest {
  readonly repositoryId: string
  /** Of the manifest. */
  readonly digest: string
  /** Of a config or layer that the manifest names. */
  readonly fileDigest: string
}

/**
 * Returns a blob that a manifest names and that its repository has, under the name that the manifest gives it. Throws
 * NOT_FOUND for the repository, the manifest, and a blob that the manifest does not name; BLOB_UNKNOWN for one that the
 * repository lacks or whose bytes have changed.
 */
export async function downloadFile(
  ctx: Context,
  principal: Principal,
  { repositoryId, digest, fileDigest }: FileOfManifest,
): Promise<ContentFile> {
  await authorize(ctx, principal, 'pull', { repositoryId })
  if (!isDigest(fileDigest) || !(await isNamedBy(ctx.db, repositoryId, digest, fileDigest))) {
    throw new AppError('NOT_FOUND')
  }
  const row = await findManifestRow(ctx.db, repositoryId, digest)
  const link = await findBlobLink(ctx.db, repositoryId, fileDigest)
  const size = link === null || link.isCorrupt ? null : await ctx.blobs.stat(fileDigest)
  if (row === null || link === null || size === null || BigInt(size) !== link.sizeBytes) {
    throw new AppError('BLOB_UNKNOWN', { detail: { digest: fileDigest } })
  }
  return {
    fileName: nameOf(await readManifest(ctx, repositoryId, row), fileDigest),
    content: streamBlob(ctx, fileDigest),
  }
}

function nameOf(manifest: ManifestContent | null, digest: Digest): string {
  const short = digestHex(digest).slice(0, 12)
  const layer = manifest?.layers.find((named) => named.digest === digest)
  if (layer !== undefined) return safeFileName(titleOf(layer), `${short}${endingOf(layer.mediaType ?? '')}`)
  return manifest?.config?.digest === digest ? `config-${short}.json` : short
}

/** The usual ending of files of a media type; empty where there is none. */
function endingOf(mediaType: string): string {
  if (/[/+.]json$/.test(mediaType)) return '.json'
  if (/\.tar\+gzip$|\.tar\.gzip$/.test(mediaType)) return '.tar.gz'
  if (/\.tar\+zstd$/.test(mediaType)) return '.tar.zst'
  return /\.tar$/.test(mediaType) ? '.tar' : ''
}

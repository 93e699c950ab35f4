import type { Principal } from '@/lib/domain/principal'
import { type ImageComparison, type PlatformImage, compareImages } from '@/lib/domain/compare-images'
import { type ContentKind, isIndexType } from '@/lib/domain/content-kind'
import { attestationOf } from '@/lib/domain/content/index-children'
import type { ManifestContent } from '@/lib/domain/content/manifest-content'
import { isDigest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { type ManifestRow, findManifestRow } from '@/lib/metadata/manifest-content'
import { findTagDetails } from '@/lib/metadata/tag-listing'
import type { Context } from '@/lib/context'
import { authorize } from '@/lib/registry/authorize'
import { turns } from '@/lib/registry/give-turns'
import { type ReadImage, readImage } from './read-image'
import { kindOfManifest, sizeOf } from './manifest-details'
import { readManifest } from './read-manifest'
import { readManifestRows } from './read-rows'

/** What is compared. Times are UTC, ISO 8601. */
interface ComparedContent {
  readonly digest: string
  readonly tag: string | null
  readonly kind: ContentKind
  readonly sizeBytes: number
  readonly pushedAt: string
  readonly pushedBy: string
}

/** How two manifests differ. */
export interface ContentComparison extends ImageComparison {
  readonly before: ComparedContent
  readonly after: ComparedContent
  /** The one whose layers and config are compared; null where both have none in common. */
  readonly platform: string | null
}

/** Which manifests of a repository to compare: each by a tag or a digest. */
export interface ComparisonRequest {
  readonly before: string
  readonly after: string
  /** Absent: the first that both have. */
  readonly platform?: string | undefined
}

/** A side of a comparison. */
interface Side {
  readonly compared: ComparedContent
  readonly row: ManifestRow
  readonly content: ManifestContent | null
  readonly platforms: readonly PlatformImage[]
}

/**
 * Returns how two images of a repository differ, at most 1 MiB: platforms, and of one platform layers, config,
 * environment and labels. Throws NOT_FOUND for the repository, a tag or a digest, BAD_REQUEST for a platform that
 * neither has, UNAVAILABLE when too many large manifests are being read.
 */
export async function compareContent(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  request: ComparisonRequest,
): Promise<ContentComparison> {
  await authorize(ctx, principal, 'pull', { repositoryId })
  const giveTurn = turns()
  const before = await readSide(ctx, repositoryId, request.before)
  const after = await readSide(ctx, repositoryId, request.after)
  const platform = choosePlatform(before.platforms, after.platforms, request.platform)
  const one = await readImageOf(ctx, repositoryId, before, platform ?? before.platforms[0]?.platform ?? null)
  await giveTurn()
  const other = await readImageOf(ctx, repositoryId, after, platform ?? after.platforms[0]?.platform ?? null)
  await giveTurn()
  const comparison = await compareImages(
    { platforms: before.platforms, image: one.image },
    { platforms: after.platforms, image: other.image },
    giveTurn,
  )
  await giveTurn()
  return {
    ...comparison,
    before: before.compared,
    after: after.compared,
    platform,
    isTruncated: comparison.isTruncated || !one.isWhole || !other.isWhole,
  }
}

async function readSide(ctx: Context, repositoryId: string, reference: string): Promise<Side> {
  const tag = isDigest(reference) ? null : await findTagDetails(ctx.db, repositoryId, reference)
  const row = await findManifestRow(ctx.db, repositoryId, tag?.digest ?? reference)
  if (row === null) throw new AppError('NOT_FOUND')
  const content = await readManifest(ctx, repositoryId, row)
  const compared = {
    digest: row.digest,
    tag: tag?.name ?? null,
    kind: kindOfManifest(row, content),
    sizeBytes: sizeOf(row),
    pushedAt: (tag?.updatedAt ?? row.createdAt).toISOString(),
    pushedBy: tag?.updatedBy ?? row.pushedBy,
  }
  return { compared, row, content, platforms: await platformsOf(ctx, repositoryId, row, content) }
}

/** The images of an index by their platform, without attestations; of an image, that alone. */
async function platformsOf(
  ctx: Context,
  repositoryId: string,
  row: ManifestRow,
  content: ManifestContent | null,
): Promise<PlatformImage[]> {
  if (!isIndexType(row.mediaType)) {
    const { platforms: platform } = row
    return platform === '' ? [] : [{ platform, digest: row.digest, sizeBytes: sizeOf(row) }]
  }
  const images = (content?.children ?? []).filter((child) => attestationOf(child) === null)
  const digests = images.map(({ digest }) => digest)
  const rowOf = await readManifestRows(ctx, repositoryId, digests)
  return images.flatMap(({ digest, platform }) => {
    const child = rowOf.get(digest)
    const known = platform ?? child?.platforms
    if (!known) return []
    return [{ platform: known, digest, sizeBytes: child === undefined ? null : sizeOf(child) }]
  })
}

/** Throws BAD_REQUEST for one that neither side has. */
function choosePlatform(
  before: readonly PlatformImage[],
  after: readonly PlatformImage[],
  wanted: string | undefined,
): string | null {
  const has = (images: readonly PlatformImage[], name: string) => images.some(({ platform }) => platform === name)
  if (wanted === undefined) return before.find(({ platform }) => has(after, platform))?.platform ?? null
  if (has(before, wanted) || has(after, wanted)) return wanted
  throw new AppError('BAD_REQUEST', { fields: [{ path: 'platform', message: 'a platform of one of both' }] })
}

/** The image of a platform; without a platform, the manifest itself. */
async function readImageOf(
  ctx: Context,
  repositoryId: string,
  { row, content, platforms }: Side,
  platform: string | null,
): Promise<ReadImage> {
  if (!isIndexType(row.mediaType)) {
    const isOther = platform !== null && platforms.length > 0 && platforms[0]?.platform !== platform
    return isOther ? { image: null, isWhole: true } : readImage(ctx, repositoryId, content)
  }
  const chosen = platforms.find((image) => image.platform === platform)
  if (chosen === undefined) return { image: null, isWhole: true }
  const child = await findManifestRow(ctx.db, repositoryId, chosen.digest)
  return child === null
    ? { image: null, isWhole: false }
    : readImage(ctx, repositoryId, await readManifest(ctx, repositoryId, child))
}

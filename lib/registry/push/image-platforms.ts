import { LRUCache } from 'lru-cache'
import { type Digest, digestAlgorithm } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { type ParsedManifest, platformOfConfig } from '@/lib/domain/manifest'
import { digestOf } from '@/lib/storage/hash'
import { readAll } from '@/lib/storage/read-all'
import type { Context } from '@/lib/context'

/** Largest image config that is read for its platform, in bytes. */
const configMaxBytes = 1024 * 1024

/** Longest platform, in characters: a longer one is not a platform, and the cache would hold it. */
const platformMaxLength = 255

/** How many configs' platforms are cached. */
const rememberedMax = 1000

/** Platforms by config digest: the content of a digest never changes, so an entry stays correct. */
const remembered = new LRUCache<Digest, readonly string[]>({ max: rememberedMax })

/** Returns `os/architecture[/variant]` of each platform that a manifest, or its config, says it is for. */
export async function findPlatforms(ctx: Context, manifest: ParsedManifest): Promise<readonly string[]> {
  const { imageConfigDigest, platforms } = manifest
  if (imageConfigDigest === null) return platforms
  const known = remembered.get(imageConfigDigest)
  if (known !== undefined) return known
  const found = await readPlatform(ctx, imageConfigDigest)
  if (found === undefined) return []
  remembered.set(imageConfigDigest, found)
  return found
}

/** Returns undefined if the config is missing or corrupt: it may arrive later. `store` decides whether the push may name it. */
async function readPlatform(ctx: Context, config: Digest): Promise<readonly string[] | undefined> {
  try {
    const content = await readAll(ctx.blobs, config, configMaxBytes)
    if (digestOf(content, digestAlgorithm(config)) !== config) return undefined
    const platform = platformOfConfig(content)
    return platform === null || platform.length > platformMaxLength ? [] : [platform]
  } catch (error) {
    if (AppError.is(error) && error.code === 'BLOB_UNKNOWN') return undefined
    if (AppError.is(error) && error.code === 'SIZE_INVALID') return []
    throw error
  }
}

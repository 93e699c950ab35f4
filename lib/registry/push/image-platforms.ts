import { LRUCache } from 'lru-cache'
import type { Digest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { type ParsedManifest, platformOfConfig } from '@/lib/domain/manifest'
import { readAll } from '@/lib/storage/read-all'
import type { Context } from '@/lib/context'

/** Largest image config that is looked into for its platform, in bytes. */
const configMaxBytes = 1024 * 1024

/** How many configs' platforms are remembered. */
const rememberedMax = 1000

/** Platforms by the digest of the config: what a digest names never changes, so what is remembered stays true. */
const remembered = new LRUCache<Digest, readonly string[]>({ max: rememberedMax })

/** `os/architecture[/variant]` of each platform a manifest is for, as far as it, or its config, says. */
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

/** Undefined for a config that is missing: it may come yet. Whether the push may name it is decided elsewhere. */
async function readPlatform(ctx: Context, config: Digest): Promise<readonly string[] | undefined> {
  try {
    const platform = platformOfConfig(await readAll(ctx.blobs, config, configMaxBytes))
    return platform === null ? [] : [platform]
  } catch (error) {
    if (AppError.is(error) && error.code === 'BLOB_UNKNOWN') return undefined
    if (AppError.is(error) && error.code === 'SIZE_INVALID') return []
    throw error
  }
}

import { type Digest, digestAlgorithm } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { parseLooseJson } from '@/lib/domain/content/loose-json'
import type { ContentDescriptor } from '@/lib/domain/content/manifest-content'
import { digestOf } from '@/lib/storage/hash'
import { readAll } from '@/lib/storage/read-all'
import type { Context } from '@/lib/context'
import { inContentTurn } from './read-manifest'

/** Why there is nothing to show of a config; `read` when there is. */
export type ConfigState = 'read' | 'none' | 'missing' | 'tooLarge' | 'unreadable' | 'unknownType'

/** A config that is shown, and why there is nothing to show. */
export interface ReadConfig {
  readonly state: ConfigState
  readonly type: 'image' | 'chart' | null
  /** The parsed JSON; undefined unless `state` is `read`. */
  readonly json: unknown
}

/** Largest config that is read, in bytes: 1 MiB, and a little for what a client adds. */
const configMaxBytes = (1024 + 64) * 1024

/** Real configs stay far below. */
const configLimits = { depth: 64, values: 100_000 }

const knownTypes = new Map<string | null, 'image' | 'chart'>([
  ['application/vnd.oci.image.config.v1+json', 'image'],
  ['application/vnd.docker.container.image.v1+json', 'image'],
  ['application/vnd.cncf.helm.config.v1+json', 'chart'],
])

/** Reads the config of a manifest, if it is of a known type. `isPresent`: whether the repository has it. */
export async function readConfig(ctx: Context, config: ContentDescriptor, isPresent: boolean): Promise<ReadConfig> {
  const type = knownTypes.get(config.mediaType) ?? null
  const stateOf = (state: ConfigState): ReadConfig => ({ state, type, json: undefined })
  if (config.mediaType === 'application/vnd.oci.empty.v1+json') return stateOf('none')
  if (type === null) return stateOf('unknownType')
  if (!isPresent) return stateOf('missing')
  if (config.sizeBytes > configMaxBytes) return stateOf('tooLarge')
  return inContentTurn(ctx, config.sizeBytes, async () => {
    const content = await readBlob(ctx, config.digest)
    if (typeof content === 'string') return stateOf(content)
    const json = parseLooseJson(content, configLimits)
    const isObject = typeof json === 'object' && json !== null && !Array.isArray(json)
    return isObject ? { state: 'read', type, json } : stateOf('unreadable')
  })
}

/** The bytes of a blob, or why they cannot be shown. */
async function readBlob(ctx: Context, digest: Digest): Promise<Uint8Array | 'missing' | 'tooLarge' | 'unreadable'> {
  try {
    const content = await readAll(ctx.blobs, digest, configMaxBytes)
    if (digestOf(content, digestAlgorithm(digest)) === digest) return content
    ctx.log.error({ digest }, 'a blob is corrupt: push it again')
    return 'unreadable'
  } catch (error) {
    if (AppError.is(error) && error.code === 'BLOB_UNKNOWN') return 'missing'
    if (AppError.is(error) && error.code === 'SIZE_INVALID') return 'tooLarge'
    throw error
  }
}

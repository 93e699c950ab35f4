import { isIndexType } from '../content-kind'
import { type Digest, isDigest } from '../digest'
import { platformOf } from '../manifest'
import { parseManifestJson } from '../manifest-json'
import { itemsOf, membersOf, textOf, textsOf } from './loose-json'

/** What a manifest says of an object that it names. */
export interface ContentDescriptor {
  readonly digest: Digest
  readonly mediaType: string | null
  readonly artifactType: string | null
  /** As the manifest states it. */
  readonly sizeBytes: number
  readonly annotations: Readonly<Record<string, string>>
  /** `os/architecture[/variant]`. */
  readonly platform: string | null
}

/** What a manifest says, to be shown. */
export interface ManifestContent {
  readonly annotations: Readonly<Record<string, string>>
  /** Null for an index. */
  readonly config: ContentDescriptor | null
  readonly layers: readonly ContentDescriptor[]
  /** Of an index, in order. */
  readonly children: readonly ContentDescriptor[]
}

/** Longest media type and platform that are shown, in UTF-16 units. */
const typeMax = 255

/** Reads the bytes of a manifest of a media type; null when they are not such a manifest or exceed `manifestLimits`. */
export function readManifestContent(content: Uint8Array, mediaType: string): ManifestContent | null {
  try {
    const json = membersOf(parseManifestJson(content))
    const isIndex = isIndexType(mediaType)
    return {
      annotations: textsOf(json.annotations),
      config: isIndex ? null : toDescriptor(json.config),
      layers: isIndex ? [] : itemsOf(json.layers).map(toDescriptor),
      children: isIndex ? itemsOf(json.manifests).map(toDescriptor) : [],
    }
  } catch {
    return null
  }
}

function toDescriptor(value: unknown): ContentDescriptor {
  const { digest, mediaType, artifactType, size, annotations, platform } = membersOf(value)
  if (typeof digest !== 'string' || !isDigest(digest)) throw new Error('it has no digest')
  return {
    digest,
    mediaType: typeText(mediaType),
    artifactType: typeText(artifactType),
    sizeBytes: Number.isSafeInteger(size) ? Math.max(Number(size), 0) : 0,
    annotations: textsOf(annotations),
    platform: platformText(platform),
  }
}

/** A media type; null for another value, and for what is too long to be one. */
function typeText(value: unknown): string | null {
  const text = textOf(value)
  return text === null || text.length > typeMax ? null : text
}

/** A platform; null for BuildKit's `unknown/unknown`, which is none. */
function platformText(value: unknown): string | null {
  const platform = platformOf(value)
  return platform === null || platform.length > typeMax || platform === 'unknown/unknown' ? null : platform
}

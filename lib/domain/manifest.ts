import { z } from 'zod'
import { type Digest, parseDigest } from './digest'
import { descriptorText } from './descriptor'
import { invalidManifest, parseManifestJson } from './manifest-json'
import { isPlainText } from './plain-text'

/**
 * Manifests: the accepted media types, and what a manifest references. The bytes are stored as received, so unknown
 * fields are kept. Only the fields that the registry acts on are read (OCI image-spec, "Image Manifest" and "Image
 * Index").
 */

/** Media types of manifests that name a config and layers. */
const imageTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const

/** Media types of manifests that name other manifests. */
const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
] as const

/** Fields of the other kinds of manifest. With them, clients disagree about which kind the bytes are. */
const fieldsOfOthers = {
  image: ['manifests', 'fsLayers', 'history'],
  index: ['config', 'layers', 'fsLayers', 'history'],
} as const

/** Media types of layers whose bytes may live elsewhere (OCI image-spec, "Non-Distributable Layers"; Docker). */
const nondistributableTypes =
  /^application\/vnd\.(?:oci\.image\.layer\.nondistributable\.v1\.tar(?:\+gzip|\+zstd)?|docker\.image\.rootfs\.foreign\.diff\.tar(?:\.gzip)?)$/

/** Media types of image configs, which name the platform of an image. */
const configTypes: readonly string[] = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]

/** Largest accepted manifest, in bytes: the size that the distribution specification requires a registry to accept. */
export const manifestMaxBytes = 4 * 1024 * 1024

/**
 * Whether a manifest of `bytes` is so large that it must wait for others of its kind: many times the size of an image's
 * manifest. A thousand smaller ones are no burden.
 */
export function isLargeManifest(bytes: number): boolean {
  return bytes > 64 * 1024
}

/** The kind of object that a manifest references. */
export type ReferenceKind = 'CONFIG' | 'LAYER' | 'MANIFEST'

/** An object that a manifest references by digest. */
export interface ManifestReference {
  readonly digest: Digest
  readonly kind: ReferenceKind
  /**
   * What an append-only tag must keep of each descriptor that names the object, and how often it occurs: the whole
   * descriptor; of a config only its media type, because cosign writes a new config for each signature.
   */
  readonly descriptors: ReadonlyMap<string, number>
}

/** What the registry reads from the bytes of a manifest. */
export interface ParsedManifest {
  readonly mediaType: string
  readonly artifactType: string | null
  readonly subjectDigest: Digest | null
  readonly annotations: Readonly<Record<string, string>>
  /** Without duplicates: each pair of digest and kind occurs once. */
  readonly references: readonly ManifestReference[]
  /** The size in bytes that the descriptors state, for each digest of `references`. */
  readonly statedSizes: ReadonlyMap<string, number>
  /** Digests of `references` that are children of an index and not manifests: BuildKit's caches name layers there. */
  readonly childBlobs: ReadonlySet<string>
  /** Digests of `references` whose bytes may live elsewhere: nondistributable layers with URLs. */
  readonly foreignDigests: ReadonlySet<string>
  /** Total bytes of the named blobs, from their descriptors; each digest counts once. */
  readonly referencedBytes: bigint
  /** `os/architecture[/variant]` of an index's children, for those whose platform the index states. */
  readonly platforms: readonly string[]
  /** The image config, when it is of a media type that states the platform. */
  readonly imageConfigDigest: Digest | null
}

const mediaType = z.string().refine(isPlainText, 'contains a control character').optional()

const descriptor = z.looseObject({
  mediaType,
  digest: z.string(),
  size: z.number().int().nonnegative(),
  urls: z.array(z.string()).nullish(),
  platform: z
    .looseObject({ os: z.string().optional(), architecture: z.string().optional(), variant: z.string().optional() })
    .nullish(),
})
type Descriptor = z.infer<typeof descriptor>

// Annotations that are not a map of strings are no reason to refuse a manifest: they stay in its bytes and are not
// shown.
// Not `z.record`, which drops a key named `__proto__`.
const annotations = z.custom<Readonly<Record<string, string>>>(isMapOfTexts).nullish().catch(null)

const common = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType,
  artifactType: mediaType,
  subject: descriptor.nullish(),
  annotations,
})
const stated = z.looseObject({ mediaType })
const imageManifest = common.extend({ config: descriptor, layers: z.array(descriptor).nullish() })
const imageIndex = common.extend({ manifests: z.array(descriptor).nullish() })
const annotatedIndex = z.object({ manifests: z.array(z.object({ digest: z.string(), annotations })).nullish() })

/**
 * Parses a manifest. `contentType` is the header of the push; without it, the `mediaType` field of the body counts.
 * Throws MANIFEST_INVALID with the field and the reason.
 *
 * No bytes are valid under two media types: an image has a config and no manifests, an index has manifests and neither
 * config nor layers, and a Docker manifest states its type (docs/decisions/0021-one-reading.md).
 */
export function parseManifest(content: Uint8Array, contentType: string | undefined): ParsedManifest {
  const json = parseManifestJson(content)
  const declared = stated.safeParse(json).data?.mediaType
  // The specification: clients should send no parameters in Content-Type, and a registry should ignore them.
  const header = contentType?.split(';', 1)[0]?.trim().toLowerCase()
  const mediaType = header === undefined || header === '' ? declared : header
  if (mediaType === undefined) throw invalidManifest('it has no media type: send Content-Type or a mediaType field')
  if (declared !== undefined && declared !== mediaType) {
    throw invalidManifest(`its mediaType ${declared} is not the Content-Type ${mediaType}`)
  }
  if (declared === undefined && mediaType.startsWith('application/vnd.docker.')) {
    throw invalidManifest(`a manifest of type ${mediaType} must have a mediaType field`)
  }
  if (includes(imageTypes, mediaType)) return readImage(mediaType, check(imageManifest, json, 'image'))
  if (includes(indexTypes, mediaType)) return readIndex(mediaType, check(imageIndex, json, 'index'))
  throw invalidManifest(`media type ${mediaType} is not supported`)
}

function isMapOfTexts(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === 'string')
  )
}

/** The annotations that an index gives its children, by digest. Empty when `content` is not an index. */
export function annotationsOfChildren(content: Uint8Array): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const children = annotatedIndex.safeParse(tryJson(content)).data?.manifests ?? []
  return new Map(children.map((child) => [child.digest, child.annotations ?? {}]))
}

/** The platform of an image config, as `os/architecture[/variant]`; null when it has none or is not a config. */
export function platformOfConfig(content: Uint8Array): string | null {
  return platformOf(tryJson(content))
}

/** What an object names as its platform, as `os/architecture[/variant]`; null when it names none. */
export function platformOf(value: unknown): string | null {
  const parsed = descriptor.shape.platform.safeParse(value)
  return parsed.success ? formatPlatform(parsed.data) : null
}

function readImage(mediaType: string, manifest: z.infer<typeof imageManifest>): ParsedManifest {
  const layers = manifest.layers ?? []
  const statedSizes = sizesOf([manifest.config, ...layers])
  return {
    mediaType,
    // Empty counts as missing (distribution-spec, "Listing Referrers").
    artifactType: manifest.artifactType || manifest.config.mediaType || null,
    subjectDigest: subjectOf(manifest.subject),
    annotations: manifest.annotations ?? {},
    references: distinct([reference(manifest.config, 'CONFIG'), ...layers.map((layer) => reference(layer, 'LAYER'))]),
    statedSizes,
    childBlobs: new Set(),
    foreignDigests: new Set(layers.filter(isForeign).map((layer) => layer.digest)),
    referencedBytes: total(statedSizes.values()),
    platforms: [],
    imageConfigDigest: configTypes.includes(manifest.config.mediaType ?? '')
      ? parseDigest(manifest.config.digest)
      : null,
  }
}

function readIndex(mediaType: string, index: z.infer<typeof imageIndex>): ParsedManifest {
  const children = index.manifests ?? []
  const platforms = children.flatMap((child) => formatPlatform(child.platform) ?? [])
  const statedSizes = sizesOf(children)
  const childBlobs = new Set(children.filter((child) => !isManifestType(child.mediaType)).map(({ digest }) => digest))
  return {
    mediaType,
    artifactType: index.artifactType || null,
    subjectDigest: subjectOf(index.subject),
    annotations: index.annotations ?? {},
    references: distinct(children.map((child) => reference(child, 'MANIFEST'))),
    statedSizes,
    childBlobs,
    foreignDigests: new Set(),
    referencedBytes: total([...childBlobs].map((digest) => statedSizes.get(digest) ?? 0)),
    // BuildKit's attestations are children too, with the platform unknown/unknown.
    platforms: [...new Set(platforms)].filter((platform) => platform !== 'unknown/unknown'),
    imageConfigDigest: null,
  }
}

/** The size that each descriptor states, by digest. Throws MANIFEST_INVALID when two state different sizes. */
function sizesOf(descriptors: readonly Descriptor[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>()
  for (const { digest, size } of descriptors) {
    const stated = sizes.get(digest) ?? size
    if (stated !== size) throw invalidManifest(`it states two sizes of ${digest.slice(0, 200)}`)
    sizes.set(digest, size)
  }
  return sizes
}

/** Throws MANIFEST_INVALID when the sum is more than a client can count. */
function total(sizes: Iterable<number>): bigint {
  let sum = 0n
  for (const size of sizes) sum += BigInt(size)
  assertCountable(sum)
  return sum
}

/**
 * Throws MANIFEST_INVALID when the content that a manifest leads to is larger than 2^53 − 1 bytes: the REST API and the
 * console could not count it.
 */
export function assertCountable(totalBytes: bigint): void {
  if (totalBytes > BigInt(Number.MAX_SAFE_INTEGER)) throw invalidManifest('the sizes that it states are too large')
}

function isForeign({ mediaType, urls }: Descriptor): boolean {
  return nondistributableTypes.test(mediaType ?? '') && (urls ?? []).length > 0
}

function isManifestType(mediaType: string | undefined): boolean {
  // A child without a type may be a manifest: clients ask for one.
  return mediaType === undefined || includes(imageTypes, mediaType) || includes(indexTypes, mediaType)
}

function subjectOf(subject: Descriptor | null | undefined): Digest | null {
  return subject === null || subject === undefined ? null : digestOf(subject)
}

function reference(target: Descriptor, kind: ReferenceKind): ManifestReference {
  const text = kind === 'CONFIG' ? descriptorText(target, ['mediaType']) : descriptorText(target)
  return { digest: digestOf(target), kind, descriptors: new Map([[text, 1]]) }
}

function digestOf(target: Descriptor): Digest {
  try {
    return parseDigest(target.digest)
  } catch (cause) {
    throw invalidManifest(`${JSON.stringify(target.digest.slice(0, 200))} is not a digest`, cause)
  }
}

function distinct(references: readonly ManifestReference[]): ManifestReference[] {
  const found = new Map<string, ManifestReference & { readonly descriptors: Map<string, number> }>()
  for (const { digest, kind, descriptors } of references) {
    const key = `${kind} ${digest}`
    const entry = found.get(key) ?? { digest, kind, descriptors: new Map<string, number>() }
    for (const [text, count] of descriptors) {
      entry.descriptors.set(text, (entry.descriptors.get(text) ?? 0) + count)
    }
    found.set(key, entry)
  }
  return [...found.values()]
}

function formatPlatform(platform: Descriptor['platform']): string | null {
  if (!platform?.os || !platform.architecture) return null
  const parts = [platform.os, platform.architecture, platform.variant].filter(Boolean)
  return parts.join('/').replace(/[,\p{Cc}]/gu, '')
}

function check<T extends z.ZodType>(schema: T, json: unknown, kind: keyof typeof fieldsOfOthers): z.infer<T> {
  const other = fieldsOfOthers[kind].find((field) => isPresent(json, field))
  if (other !== undefined) throw invalidManifest(`an ${kind} has no field ${other}`)
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw invalidManifest(`${issue?.path.join('.') || 'the manifest'}: ${issue?.message ?? 'is not valid'}`)
}

/** Whether an object has the field. As in Go, null is as good as absent. */
function isPresent(json: unknown, field: string): boolean {
  const value: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, field) : undefined
  return value !== undefined && value !== null
}

function tryJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content))
  } catch {
    return undefined
  }
}

function includes(types: readonly string[], type: string): boolean {
  return types.includes(type)
}

import { type ContentKind, imageConfigType, isManifestType, kindOf } from '@/lib/domain/content-kind'
import { type BoundedList, type NamedText, firstItems, namedTexts, shortened } from '@/lib/domain/content/bounded-list'
import { type HelmChart, readHelmChart } from '@/lib/domain/content/helm-chart'
import { type ImageConfig, readImageConfig, readImageSteps } from '@/lib/domain/content/image-config'
import { attestationOf } from '@/lib/domain/content/index-children'
import type { ContentDescriptor, ManifestContent } from '@/lib/domain/content/manifest-content'
import type { Digest } from '@/lib/domain/digest'
import { listLinkedSizes } from '@/lib/metadata/blobs'
import { type ManifestRow, listIndexesOf, listTagsOf } from '@/lib/metadata/manifest-content'
import type { Context } from '@/lib/context'
import { turns } from '@/lib/registry/give-turns'
import { attachmentScope, countAll } from './attachment-scope'
import { type ConfigState, readConfig } from './read-config'
import { readManifest } from './read-manifest'
import { readManifestRows } from './read-rows'

/** A layer, the file of an artifact, or a step of the build that made no layer. */
export interface LayerDetails {
  readonly digest: Digest | null
  readonly mediaType: string | null
  /** As the manifest states it. */
  readonly sizeBytes: number
  readonly isPresent: boolean
  readonly createdBy: string | null
  readonly createdAt: string | null
  readonly title: string | null
}

/** A manifest that an index names. */
export interface ChildDetails {
  readonly digest: Digest
  readonly mediaType: string | null
  readonly kind: ContentKind
  readonly platform: string | null
  /** With all that it references; null where the repository lacks it. */
  readonly sizeBytes: number | null
  readonly isPresent: boolean
  /** Of an attestation: the image of the same index that it is about. */
  readonly attachedTo: Digest | null
}

/** What is inside a manifest, as the console and the API show it. Times are UTC, ISO 8601. */
export interface ManifestDetails {
  readonly digest: string
  readonly mediaType: string
  readonly artifactType: string | null
  readonly kind: ContentKind
  /** False: its bytes cannot be parsed, or no longer match its digest. */
  readonly isReadable: boolean
  readonly manifestSizeBytes: number
  readonly sizeBytes: number
  readonly pushedAt: string
  readonly pushedBy: string
  readonly subject: string | null
  readonly annotations: BoundedList<NamedText>
  readonly tags: BoundedList<string>
  readonly indexes: string[]
  readonly children: BoundedList<ChildDetails>
  readonly config: {
    readonly digest: Digest
    readonly mediaType: string | null
    readonly sizeBytes: number
    readonly state: ConfigState
  } | null
  readonly image: ImageConfig | null
  readonly chart: HelmChart | null
  readonly layers: BoundedList<LayerDetails>
  readonly referrerCount: number
}

/**
 * What the lists of an answer may take, in bytes. An image has layers, an index has children; with the lists of the
 * config, an answer stays below 1 MiB.
 */
const annotationsMaxBytes = 96 * 1024
const layersMaxBytes = 512 * 1024
const childrenMaxBytes = 512 * 1024

/** How many tags and indexes are named. */
const tagsMax = 100
const indexesMax = 20

/** Longest file name that is shown, in UTF-16 units. */
const titleMax = 1024

const nothing: BoundedList<never> = { items: [], totalCount: 0 }
const unread: ManifestContent = { annotations: {}, config: null, layers: [], children: [] }

/** Returns what is inside a manifest of a repository, within bounds, whatever a pusher wrote. */
export async function describeManifest(ctx: Context, repositoryId: string, row: ManifestRow): Promise<ManifestDetails> {
  const giveTurn = turns()
  const read = await readManifest(ctx, repositoryId, row)
  const content = read ?? unread
  const { annotations, config, layers, children } = content
  const blobs = [...(config === null ? [] : [config]), ...layers, ...children].map(({ digest }) => digest)
  const present = blobs.length === 0 ? new Map<string, bigint>() : await listLinkedSizes(ctx.db, repositoryId, blobs)
  await giveTurn()
  const readOfConfig = config === null ? null : await readConfig(ctx, config, present.has(config.digest))
  const { type = null, json } = readOfConfig ?? {}
  const isConfigRead = readOfConfig?.state === 'read'
  const steps = readImageSteps(layers, type === 'image' ? json : undefined)
  const described = await describeChildren(ctx, repositoryId, children, present)
  await giveTurn()
  const referrerCount = await countAll(ctx, await attachmentScope(ctx, repositoryId, row, read))
  await giveTurn()
  return {
    digest: row.digest,
    mediaType: row.mediaType,
    artifactType: row.artifactType,
    kind: kindOfManifest(row, content),
    isReadable: read !== null,
    manifestSizeBytes: row.sizeBytes,
    sizeBytes: sizeOf(row),
    pushedAt: row.createdAt.toISOString(),
    pushedBy: row.pushedBy,
    subject: row.subjectDigest,
    annotations: namedTexts(annotations, annotationsMaxBytes),
    tags: await listTagsOf(ctx.db, repositoryId, row.digest, tagsMax),
    indexes: await listIndexesOf(ctx.db, repositoryId, row.digest, indexesMax),
    children: described,
    config:
      config === null || readOfConfig === null
        ? null
        : {
            digest: config.digest,
            mediaType: config.mediaType,
            sizeBytes: config.sizeBytes,
            state: readOfConfig.state,
          },
    image: isConfigRead && type === 'image' ? readImageConfig(json) : null,
    chart: isConfigRead && type === 'chart' ? readHelmChart(json) : null,
    layers: firstItems(
      steps,
      ({ layer, createdBy, createdAt }) => ({
        digest: layer?.digest ?? null,
        mediaType: layer?.mediaType ?? null,
        sizeBytes: layer?.sizeBytes ?? 0,
        isPresent: layer !== null && present.has(layer.digest),
        createdBy,
        createdAt,
        title: layer === null ? null : titleOf(layer),
      }),
      layersMaxBytes,
    ),
    referrerCount,
  }
}

/** What a manifest is, by all that is known of it. `content` is null for one that cannot be read. */
export function kindOfManifest({ mediaType, artifactType }: ManifestRow, content: ManifestContent | null): ContentKind {
  const { annotations, layers, children } = content ?? unread
  return kindOf(mediaType, artifactType, { annotations, contents: [...layers, ...children] })
}

/** The file name of a layer (`org.opencontainers.image.title`), as the pusher wrote it. */
export function titleOf({ annotations }: ContentDescriptor): string | null {
  const title = annotations['org.opencontainers.image.title']
  return title === undefined || title === '' ? null : shortened(title, titleMax)
}

/** The size of a manifest and all it references, in bytes. */
export function sizeOf({ totalSizeBytes }: ManifestRow): number {
  // A push may not state more. A row that does must not make the answer fail.
  return Math.min(Number(totalSizeBytes), Number.MAX_SAFE_INTEGER)
}

async function describeChildren(
  ctx: Context,
  repositoryId: string,
  children: readonly ContentDescriptor[],
  blobs: ReadonlyMap<string, bigint>,
): Promise<BoundedList<ChildDetails>> {
  if (children.length === 0) return nothing
  const digests = children.map(({ digest }) => digest)
  const rowOf = await readManifestRows(ctx, repositoryId, digests)
  const images = new Set(digests)
  return firstItems(
    children,
    (child) => {
      const row = rowOf.get(child.digest)
      const attestation = attestationOf(child)
      const blobSize = blobs.get(child.digest)
      return {
        digest: child.digest,
        mediaType: child.mediaType ?? row?.mediaType ?? null,
        kind: kindOfChild(child, row, attestation !== null),
        platform: attestation === null ? (child.platform ?? platformOfRow(row)) : null,
        sizeBytes: row !== undefined ? sizeOf(row) : blobSize === undefined ? null : Number(blobSize),
        isPresent: row !== undefined || blobSize !== undefined,
        attachedTo:
          attestation !== null && attestation.image !== null && images.has(attestation.image)
            ? attestation.image
            : null,
      }
    },
    childrenMaxBytes,
  )
}

/** What a child is, by its row; by its descriptor where the repository lacks it. */
function kindOfChild(child: ContentDescriptor, row: ManifestRow | undefined, isAttestation: boolean): ContentKind {
  const { annotations } = child
  const mediaType = row?.mediaType ?? child.mediaType ?? ''
  const isManifest = mediaType === '' || isManifestType(mediaType)
  // Images are what indexes are made for. BuildKit's caches name blobs as children.
  const artifactType =
    row !== undefined ? row.artifactType : isManifest ? (child.artifactType ?? imageConfigType) : mediaType
  const kind = kindOf(mediaType, artifactType, { annotations })
  return isAttestation && (kind === 'image' || kind === 'artifact') ? 'attestation' : kind
}

function platformOfRow(row: ManifestRow | undefined): string | null {
  return row === undefined || row.platforms === '' || row.platforms.includes(',') ? null : row.platforms
}

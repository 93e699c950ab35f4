import { type ContentKind, formatOf, kindOf } from '@/lib/domain/content-kind'
import { type BoundedList, type NamedText, firstItems, namedTexts } from '@/lib/domain/content/bounded-list'
import type { ManifestContent } from '@/lib/domain/content/manifest-content'
import type { Digest } from '@/lib/domain/digest'
import { type AttachmentRow, countFiles } from '@/lib/metadata/attachments'
import { listLinkedSizes } from '@/lib/metadata/blobs'
import type { Context } from '@/lib/context'
import { turns } from '@/lib/registry/give-turns'
import type { AttachmentsOf } from './attachment-scope'
import { sizeOf, titleOf } from './manifest-details'
import { readManifest } from './read-manifest'

/** A file of an attachment. */
interface AttachedFile {
  readonly digest: Digest
  readonly mediaType: string | null
  readonly sizeBytes: number
  readonly isPresent: boolean
  readonly title: string | null
}

/** A manifest that belongs to another, as the console and the API show it. Times are UTC, ISO 8601. */
export interface AttachmentDetails {
  readonly digest: string
  readonly kind: ContentKind
  readonly mediaType: string
  readonly artifactType: string | null
  readonly sizeBytes: number
  readonly pushedAt: string
  readonly pushedBy: string
  readonly origin: 'subject' | 'tag' | 'index'
  readonly tag: string | null
  readonly format: string | null
  readonly annotations: BoundedList<NamedText>
  readonly files: BoundedList<AttachedFile>
}

/** Of a larger manifest, only what the database knows is shown: a page reads up to a hundred. */
const manifestMaxBytes = 512 * 1024

/** What the lists of one attachment may take, in bytes: a page of a hundred stays below 1.5 MiB. */
const annotationsMaxBytes = 4 * 1024
const filesMaxBytes = 8 * 1024

const unread: ManifestContent = { annotations: {}, config: null, layers: [], children: [] }

/** Returns attachments as they are shown. Reads one manifest after the other, with turns for other requests. */
export async function describeAttachments(
  ctx: Context,
  scope: AttachmentsOf,
  rows: readonly AttachmentRow[],
): Promise<AttachmentDetails[]> {
  const giveTurn = turns()
  const fileCounts = await countFiles(
    ctx.db,
    scope.repositoryId,
    rows.map(({ digest }) => digest),
  )
  const details: AttachmentDetails[] = []
  for (const row of rows) {
    const isSmall = row.sizeBytes <= manifestMaxBytes
    const content = isSmall ? await readManifest(ctx, scope.repositoryId, row) : null
    details.push(await describe(ctx, scope, row, content, fileCounts.get(row.digest) ?? 0))
    await giveTurn()
  }
  return details
}

async function describe(
  ctx: Context,
  scope: AttachmentsOf,
  row: AttachmentRow,
  content: ManifestContent | null,
  fileCount: number,
): Promise<AttachmentDetails> {
  const { annotations, layers } = content ?? unread
  const tag = row.tag ?? (scope.underTag.has(row.digest) ? scope.referrersTag : null)
  const hints = { annotations, contents: layers, ...(tag !== null && { tag }) }
  const files = firstItems(
    layers,
    (layer) => ({
      ...{ digest: layer.digest, mediaType: layer.mediaType, sizeBytes: layer.sizeBytes, isPresent: true },
      title: titleOf(layer),
    }),
    filesMaxBytes,
  )
  const digests = files.items.map(({ digest }) => digest)
  const present = digests.length === 0 ? new Map() : await listLinkedSizes(ctx.db, scope.repositoryId, digests)
  return {
    digest: row.digest,
    kind: kindOf(row.mediaType, row.artifactType, hints),
    mediaType: row.mediaType,
    artifactType: row.artifactType,
    sizeBytes: sizeOf(row),
    pushedAt: row.createdAt.toISOString(),
    pushedBy: row.pushedBy,
    origin: row.part === 'subject' ? 'subject' : tag !== null ? 'tag' : 'index',
    tag,
    format: formatOf(row.artifactType, hints),
    annotations: namedTexts(annotations, annotationsMaxBytes),
    files: {
      items: files.items.map((file) => ({ ...file, isPresent: present.has(file.digest) })),
      totalCount: content === null ? fileCount : files.totalCount,
    },
  }
}

import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import {
  type AttachmentPart,
  type AttachmentRow,
  type AttachmentScope,
  attachmentParts,
  listAttachments as listPart,
} from '@/lib/metadata/attachments'
import type { Slice } from '@/lib/metadata/engine/listing'
import { findManifestRow } from '@/lib/metadata/manifest-content'
import { isIndexType } from '@/lib/domain/content-kind'
import type { Context } from '@/lib/context'
import { authorize } from '@/lib/registry/authorize'
import { turns } from '@/lib/registry/give-turns'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'
import { type AttachmentDetails, describeAttachments } from './attachment-details'
import { attachmentScope, countAll } from './attachment-scope'
import { readManifest } from './read-manifest'

/** Whose attachments, and which page of them. */
export interface AttachmentsRequest extends PageRequest {
  readonly repositoryId: string
  readonly digest: string
}

/**
 * Returns a page of what is attached to a manifest: the manifests that name it as their subject, then those that a
 * technical tag attaches to it (`sha256-….sig`), then those that an index lists: BuildKit's attestations, of an image and
 * of the index itself, and the index of the referrers tag schema. Each manifest once. Throws NOT_FOUND for the manifest
 * or the repository, PAGE_INVALID, UNAVAILABLE when too many large manifests are being read.
 */
export async function listAttachments(
  ctx: Context,
  principal: Principal,
  { repositoryId, digest, ...request }: AttachmentsRequest,
): Promise<Page<AttachmentDetails>> {
  await authorize(ctx, principal, 'pull', { repositoryId })
  const row = await findManifestRow(ctx.db, repositoryId, digest)
  if (row === null) throw new AppError('NOT_FOUND')
  const content = isIndexType(row.mediaType) ? await readManifest(ctx, repositoryId, row) : null
  const scope = await attachmentScope(ctx, repositoryId, row, content)
  const page = await readPage(
    request,
    { sort: 'attachment', descending: false, byTime: false },
    {
      read: (slice) => readParts(ctx, scope, slice),
      count: () => countAll(ctx, scope),
      positionOf: ({ part, tag, digest: tie }) => ({ key: part, tie: tag ?? tie }),
    },
  )
  return { ...page, items: await describeAttachments(ctx, scope, page.items) }
}

/** Reads one part after the other until there are enough. */
async function readParts(ctx: Context, scope: AttachmentScope, slice: Slice): Promise<AttachmentRow[]> {
  const { descending, after, limit } = slice
  const order = descending ? attachmentParts.toReversed() : attachmentParts
  const start = after === null ? 0 : order.indexOf(after.key as AttachmentPart)
  const giveTurn = turns()
  const rows: AttachmentRow[] = []
  if (start < 0)
    throw new AppError('PAGE_INVALID', { fields: [{ path: 'cursor', message: 'a nextCursor of this list' }] })
  for (const [at, part] of order.slice(start).entries()) {
    const left = limit - rows.length
    if (left === 0) break
    const from = at === 0 ? (after?.tie ?? null) : null
    rows.push(...(await listPart(ctx.db, scope, part, { descending, after: from, limit: left })))
    await giveTurn()
  }
  return rows
}

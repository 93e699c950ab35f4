import type { Principal } from '@/lib/domain/principal'
import type { Database } from '@/lib/metadata/engine/database'
import type { Count, Part, Position, Slice } from '@/lib/metadata/engine/listing'
import { listLastLeaves } from '@/lib/metadata/ledger'
import { type UntaggedManifest, type UntaggedPart, findRetentionDays, listUntaggedPart } from '@/lib/metadata/untagged'
import { authorize } from '@/lib/registry/authorize'
import { turns } from '@/lib/registry/give-turns'
import type { Context } from '@/lib/context'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'
import { removalTime } from './deletion-effect'

/** A manifest that no tag, index or subject reaches, as the console and the API show it. Times are UTC, ISO 8601. */
export interface UntaggedManifestDetails {
  readonly digest: string
  readonly mediaType: string
  readonly artifactType: string | null
  readonly platforms: string[]
  readonly sizeBytes: number
  readonly pushedAt: string
  readonly pushedBy: string
  /** Since when nothing reaches it: garbage collection counts from here. */
  readonly unreachedSince: string
  /** The earliest time of its removal; null when the namespace keeps such manifests for ever. */
  readonly removedAfter: string | null
}

/**
 * Returns a page of the manifests of a repository that no tag points at, no other manifest names and whose subject is
 * not there, those that were pushed or asked for last first. What only they reach is not listed: it goes with them.
 * Only for those who manage the repository: whoever deleted a tag does not expect readers to find what it pointed at.
 * Throws NOT_FOUND for the repository, DENIED, PAGE_INVALID.
 */
export async function listUntaggedManifests(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  request: PageRequest,
): Promise<Page<UntaggedManifestDetails>> {
  await authorize(ctx, principal, 'manage', { repositoryId })
  const page = await readPage(
    request,
    { sort: '-seenAt', descending: true, byTime: true },
    {
      read: (slice) => readUntagged(ctx, repositoryId, slice),
      count: () => countUntagged(ctx, repositoryId),
      positionOf: ({ seenAt, digest }) => ({ key: seenAt, tie: digest }),
    },
  )
  const leaves = await listLastLeaves(
    ctx.db,
    repositoryId,
    page.items.map(({ digest }) => digest),
  )
  const days = await findRetentionDays(ctx.db, repositoryId)
  return { ...page, items: page.items.map((row) => toDetails(row, leaves.get(row.digest), days)) }
}

/** Reads parts of the list until a page is full, some of them: most manifests of a repository have tags. */
async function readUntagged({ db }: Context, repositoryId: string, slice: Slice): Promise<Part<UntaggedManifest>> {
  const rows: UntaggedManifest[] = []
  let stoppedAt: Position | null = null
  for await (const { untagged, end } of readParts(db, repositoryId, slice)) {
    rows.push(...untagged.slice(0, slice.limit - rows.length))
    if (rows.length === slice.limit) return { rows, stoppedAt: null }
    stoppedAt = end
  }
  return { rows, stoppedAt }
}

/** Counts those among the manifests that are looked at for the first page. */
async function countUntagged({ db }: Context, repositoryId: string): Promise<Count> {
  let count = 0
  let isCapped = false
  for await (const { untagged, end } of readParts(db, repositoryId, { after: null, descending: true })) {
    count += untagged.length
    isCapped = end !== null
  }
  return { count, isCapped }
}

/** How many parts of a list are read for a page: some 30 ms. */
const partsMax = 6

/** The first parts of the list after a position; other requests run in between. */
async function* readParts(
  db: Database,
  repositoryId: string,
  { after, descending }: Pick<Slice, 'after' | 'descending'>,
): AsyncGenerator<UntaggedPart> {
  const giveTurn = turns()
  let start = after
  for (let parts = 0; parts < partsMax; parts += 1) {
    const part = await listUntaggedPart(db, repositoryId, { after: start, descending })
    yield part
    if (part.end === null) return
    start = part.end
    await giveTurn()
  }
}

function toDetails(row: UntaggedManifest, left: Date | undefined, days: number): UntaggedManifestDetails {
  const since = left !== undefined && left > row.seenAt ? left : row.seenAt
  return {
    digest: row.digest,
    mediaType: row.mediaType,
    artifactType: row.artifactType,
    platforms: row.platforms.split(',').filter((platform) => platform !== ''),
    sizeBytes: Math.min(Number(row.totalSizeBytes), Number.MAX_SAFE_INTEGER),
    pushedAt: row.createdAt.toISOString(),
    pushedBy: row.pushedBy,
    unreachedSince: since.toISOString(),
    removedAfter: removalTime(since, days),
  }
}

import type { Principal } from '@/lib/domain/principal'
import type { Database } from '@/lib/metadata/engine/database'
import type { Slice } from '@/lib/metadata/engine/listing'
import { listLastLeaves } from '@/lib/metadata/ledger'
import { type UntaggedManifest, findRetentionDays, listUntaggedPart } from '@/lib/metadata/untagged'
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

/** Reads parts of the list until a page is full: most manifests of a repository have tags. */
async function readUntagged({ db }: Context, repositoryId: string, slice: Slice): Promise<UntaggedManifest[]> {
  const found: UntaggedManifest[] = []
  for await (const untagged of readParts(db, repositoryId, slice)) {
    found.push(...untagged.slice(0, slice.limit - found.length))
    if (found.length === slice.limit) break
  }
  return found
}

async function countUntagged({ db }: Context, repositoryId: string): Promise<number> {
  let count = 0
  for await (const untagged of readParts(db, repositoryId, { after: null, descending: true })) count += untagged.length
  return count
}

/** The untagged manifests after a position, in parts; other requests run in between. */
async function* readParts(
  db: Database,
  repositoryId: string,
  { after, descending }: Pick<Slice, 'after' | 'descending'>,
): AsyncGenerator<readonly UntaggedManifest[]> {
  const giveTurn = turns()
  for (let start = after; ;) {
    const { untagged, end } = await listUntaggedPart(db, repositoryId, { after: start, descending })
    yield untagged
    if (end === null) return
    start = end
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

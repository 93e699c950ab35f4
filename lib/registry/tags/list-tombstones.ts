import type { Context } from '@/lib/context'
import type { Principal } from '@/lib/domain/principal'
import { countTombstones, listTombstones as listRows } from '@/lib/metadata/tombstone-listing'
import { authorize } from '@/lib/registry/authorize'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'
import { requireRepository } from '@/lib/registry/repositories/repository-details'

/** A reserved name as the API shows it. Times are UTC, ISO 8601. */
export interface TombstoneDetails {
  readonly tag: string
  readonly digest: string
  readonly reason: string
  readonly isOfFormerRepository: boolean
  readonly deletedAt: string
  readonly deletedBy: string
  readonly refusedCount: number
}

/**
 * Returns a page of the names of deleted tags that are reserved in a repository, in byte order. Throws NOT_FOUND for
 * the repository, PAGE_INVALID.
 */
export async function listTombstones(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  request: PageRequest,
): Promise<Page<TombstoneDetails>> {
  await authorize(ctx, principal, 'push', { repositoryId })
  const { instanceId, path } = await requireRepository(ctx.db, repositoryId)
  const filter = { repositoryId, instanceId, repositoryPath: path }
  const page = await readPage(
    request,
    { sort: 'tag', descending: false, byTime: false },
    {
      read: (slice) => listRows(ctx.db, filter, slice),
      count: () => countTombstones(ctx.db, filter),
      positionOf: ({ tag }) => ({ key: tag, tie: tag }),
    },
  )
  const items = page.items.map((row) => ({
    tag: row.tag,
    digest: row.digest,
    reason: row.reason,
    isOfFormerRepository: row.repositoryId !== repositoryId,
    deletedAt: row.createdAt.toISOString(),
    deletedBy: row.createdBy,
    refusedCount: row.refusedCount,
  }))
  return { ...page, items }
}

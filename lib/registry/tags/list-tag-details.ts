import type { Principal } from '@/lib/domain/principal'
import { type TagFilter, type TagSortKey, countTags, listTags } from '@/lib/metadata/tag-listing'
import { authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type Page, type PageRequest, type Sort, parseSort, readPage } from '@/lib/registry/page'
import { requireRepository } from '@/lib/registry/repositories/repository-details'
import { type TagDetails, toTagDetails } from './tag-details'

/** Returns a page of a repository's tags and what they point at. Throws NOT_FOUND for the repository, PAGE_INVALID. */
export async function listTagDetails(
  ctx: Context,
  principal: Principal,
  { sort, pageSize, cursor, ...filter }: TagFilter & PageRequest & { readonly sort: Sort<TagSortKey> },
): Promise<Page<TagDetails>> {
  await authorize(ctx, principal, 'pull', { repositoryId: filter.repositoryId })
  const repository = await requireRepository(ctx.db, filter.repositoryId)
  const { key, descending } = parseSort(sort)
  const page = await readPage(
    { pageSize, cursor },
    { sort, descending, byTime: key === 'pushedAt' },
    {
      read: (slice) => listTags(ctx.db, filter, key, slice),
      count: () => countTags(ctx.db, filter),
      positionOf: (row) => ({ key: key === 'name' ? row.name : row.updatedAt, tie: row.name }),
    },
  )
  return { ...page, items: page.items.map((row) => toTagDetails(repository, row)) }
}

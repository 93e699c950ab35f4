import type { Principal } from '@/lib/domain/principal'
import {
  type RepositoryFilter,
  type RepositorySortKey,
  countRepositories,
  listRepositories as listRepositoryRows,
} from '@/lib/metadata/repository-listing'
import { authorize, viewerOf } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type Page, type PageRequest, type Sort, parseSort, readPage } from '@/lib/registry/page'
import { type RepositoryDetails, describeRepositories } from './repository-details'

/** Lists an instance's repositories that a principal may pull from. Throws NOT_FOUND for the instance, PAGE_INVALID. */
export async function listRepositories(
  ctx: Context,
  principal: Principal,
  {
    sort,
    pageSize,
    cursor,
    ...wanted
  }: Omit<RepositoryFilter, 'viewer'> & PageRequest & { readonly sort: Sort<RepositorySortKey> },
): Promise<Page<RepositoryDetails>> {
  await authorize(ctx, principal, 'see', { instanceId: wanted.instanceId })
  const filter = { ...wanted, viewer: viewerOf(principal) }
  const { key, descending } = parseSort(sort)
  const page = await readPage(
    { pageSize, cursor },
    { sort, descending, byTime: key !== 'name' },
    {
      read: (slice) => listRepositoryRows(ctx.db, filter, key, slice),
      count: () => countRepositories(ctx.db, filter),
      positionOf: (row) => ({ key: row[key], tie: row.path }),
    },
  )
  return { ...page, items: await describeRepositories(ctx.db, principal, page.items) }
}

import {
  type RepositoryFilter,
  type RepositorySortKey,
  countRepositories,
  listRepositories as listRepositoryRows,
} from '@/lib/metadata/repository-listing'
import { getRepositoryTotals } from '@/lib/metadata/repository-settings'
import type { Context } from './context'
import { requireInstance } from './instance-details'
import { type Page, type PageRequest, type Sort, parseSort, readPage } from './page'
import { type RepositoryDetails, toRepositoryDetails } from './repository-details'

/** Repositories of an instance. Throws NOT_FOUND for the instance, PAGE_INVALID. */
export async function listRepositories(
  ctx: Context,
  { sort, pageSize, cursor, ...filter }: RepositoryFilter & PageRequest & { readonly sort: Sort<RepositorySortKey> },
): Promise<Page<RepositoryDetails>> {
  await requireInstance(ctx.db, filter.instanceId)
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
  const totalsOf = await getRepositoryTotals(
    ctx.db,
    page.items.map((row) => row.id),
  )
  return { ...page, items: page.items.map((row) => toRepositoryDetails(row, totalsOf(row.id))) }
}

import type { Principal } from '@/lib/domain/principal'
import {
  neverPushed,
  type RepositoryFilter,
  type RepositorySortKey,
  countRepositories,
  listRepositories as listRepositoryRows,
} from '@/lib/metadata/repository-listing'
import { authorize, viewerOf } from '@/lib/registry/authorize'
import type { Position } from '@/lib/metadata/engine/listing'
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
    page: number,
    ...wanted
  }: Omit<RepositoryFilter, 'viewer'> & PageRequest & { readonly sort: Sort<RepositorySortKey> },
): Promise<Page<RepositoryDetails>> {
  await authorize(ctx, principal, 'see', { instanceId: wanted.instanceId })
  const filter = { ...wanted, viewer: viewerOf(principal) }
  const { key, descending } = parseSort(sort)
  const { items, ...page } = await readPage(
    { pageSize, cursor, page: number },
    { sort, descending, byTime: key.endsWith('At'), byNumber: key === 'size' || key === 'tags' },
    {
      read: async (slice) => {
        const rows = await listRepositoryRows(ctx.db, filter, key, slice)
        const shown = await describeRepositories(ctx.db, principal, rows)
        return shown.map((details, at) => ({ details, path: rows[at]?.path ?? '' }))
      },
      count: () => countRepositories(ctx.db, filter),
      positionOf: ({ details, path }) => ({ key: keysOf[key](details), tie: path }),
    },
  )
  return { ...page, items: items.map(({ details }) => details) }
}

const keysOf: Record<RepositorySortKey, (row: RepositoryDetails) => Position['key']> = {
  name: ({ name }) => name,
  createdAt: ({ createdAt }) => new Date(createdAt),
  updatedAt: ({ updatedAt }) => new Date(updatedAt),
  size: ({ sizeBytes }) => BigInt(sizeBytes),
  tags: ({ tagCount }) => BigInt(tagCount),
  lastPushedAt: ({ lastPushedAt }) => (lastPushedAt === null ? neverPushed : new Date(lastPushedAt)),
}

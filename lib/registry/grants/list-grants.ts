import type { Principal } from '@/lib/domain/principal'
import {
  type GrantFilter,
  type GrantSortKey,
  countGrants,
  findGrantScope,
  listGrants as listGrantRows,
} from '@/lib/metadata/grants'
import { authorizeProven, viewerOf } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type GrantDetails, describeGrants } from './grant-details'
import { type Page, type PageRequest, type Sort, parseSort, readPage } from '@/lib/registry/page'

/** Selects the grants to list. `scopeId` is the id of an instance, a namespace or a repository. */
type GrantListRequest = Omit<GrantFilter, 'scope'> &
  PageRequest & {
    readonly scopeId?: string | undefined
    readonly relation: 'within' | 'reaching'
    readonly sort: Sort<GrantSortKey>
  }

/**
 * Lists the grants that the principal may see: all for an administrator; for others, their own and those on scopes that
 * they manage. A scope that does not exist has no grants. Throws PAGE_INVALID.
 */
export async function listGrants(
  ctx: Context,
  principal: Principal,
  { sort, pageSize, cursor, scopeId, relation, ...others }: GrantListRequest,
): Promise<Page<GrantDetails>> {
  authorizeProven(principal)
  const viewer = viewerOf(principal)
  const of = scopeId === undefined ? undefined : await findGrantScope(ctx.db, scopeId)
  if (of === null) return { items: [], nextCursor: null, previousCursor: null, totalCount: 0 }
  const filter: GrantFilter = { ...others, scope: of && { of, relation } }
  const { key, descending } = parseSort(sort)
  const page = await readPage(
    { pageSize, cursor },
    { sort, descending, byTime: key === 'createdAt' },
    {
      read: (slice) => listGrantRows(ctx.db, viewer, filter, key, slice),
      count: () => countGrants(ctx.db, viewer, filter),
      positionOf: (row) => ({ key: key === 'subject' ? row.subjectName : row.createdAt, tie: row.id }),
    },
  )
  return { ...page, items: await describeGrants(ctx.db, viewer, page.items) }
}

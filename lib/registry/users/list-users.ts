import type { Principal } from '@/lib/domain/principal'
import {
  type UserFilter,
  type UserSortKey,
  countMatchingUsers,
  getUserFacts,
  listUsers as listUserRows,
} from '@/lib/metadata/users'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type Page, type PageRequest, type Sort, parseSort, readPage } from '@/lib/registry/page'
import { type UserDetails, toUserDetails } from './user-details'

/** Lists users. Throws PAGE_INVALID. */
export async function listUsers(
  ctx: Context,
  principal: Principal,
  { sort, pageSize, cursor, page: number, ...filter }: UserFilter & PageRequest & { readonly sort: Sort<UserSortKey> },
): Promise<Page<UserDetails>> {
  authorizeAdministrator(ctx, principal)
  const { key, descending } = parseSort(sort)
  const page = await readPage(
    { pageSize, cursor, page: number },
    { sort, descending, byTime: key !== 'name' },
    {
      read: (slice) => listUserRows(ctx.db, filter, key, slice),
      count: () => countMatchingUsers(ctx.db, filter),
      positionOf: (row) => ({ key: row[key], tie: row.id }),
    },
  )
  const factsOf = await getUserFacts(
    ctx.db,
    page.items.map((row) => row.id),
  )
  return { ...page, items: page.items.map((row) => toUserDetails(row, factsOf(row.id))) }
}

import type { Context } from '@/lib/context'
import type { Principal } from '@/lib/domain/principal'
import { type LedgerScope, countTagEvents, ledgerOrder, listTagEvents as listRows } from '@/lib/metadata/ledger-listing'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'
import { authorizeLedger } from './ledger-access'
import { type LedgerRequest, toLedgerFilter, toLedgerPosition } from './ledger-filter'
import { type TagEventDetails, toTagEventDetails } from './tag-event-details'

/** Returns a page of the ledger, the newest entries first. Throws NOT_FOUND for the scope, PAGE_INVALID. */
export async function listTagEvents(
  ctx: Context,
  principal: Principal,
  scope: LedgerScope,
  { pageSize, cursor, ...request }: LedgerRequest & PageRequest,
): Promise<Page<TagEventDetails>> {
  await authorizeLedger(ctx, principal, scope)
  const filter = toLedgerFilter(scope, request)
  const order = ledgerOrder(filter)
  const page = await readPage(
    { pageSize, cursor },
    { sort: `-${order}`, descending: true, byTime: order === 'time' },
    {
      read: ({ descending, after, limit }) =>
        listRows(ctx.db, filter, {
          order: descending ? 'newest first' : 'oldest first',
          after: after && toLedgerPosition(after),
          limit,
        }),
      count: () => countTagEvents(ctx.db, filter),
      positionOf: ({ id, createdAt }) => ({ key: order === 'time' ? createdAt : String(id), tie: String(id) }),
    },
  )
  return { ...page, items: page.items.map(toTagEventDetails) }
}

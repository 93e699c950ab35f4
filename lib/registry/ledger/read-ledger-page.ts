import type { Context } from '@/lib/context'
import {
  type LedgerFilter,
  type TagEventRow,
  countTagEvents,
  ledgerOrder,
  listTagEvents,
} from '@/lib/metadata/ledger-listing'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'
import { toLedgerPosition } from './ledger-filter'

/** Returns a page of the entries that match, the newest first. Throws PAGE_INVALID. */
export async function readLedgerPage(
  { db }: Pick<Context, 'db'>,
  filter: LedgerFilter,
  request: PageRequest,
): Promise<Page<TagEventRow>> {
  const order = ledgerOrder(filter)
  return readPage(
    request,
    { sort: `-${order}`, descending: true, byTime: order === 'time' },
    {
      read: ({ descending, after, limit }) =>
        listTagEvents(db, filter, {
          order: descending ? 'newest first' : 'oldest first',
          after: after && toLedgerPosition(after),
          limit,
        }),
      count: () => countTagEvents(db, filter),
      positionOf: ({ id, createdAt }) => ({ key: order === 'time' ? createdAt : String(id), tie: String(id) }),
    },
  )
}

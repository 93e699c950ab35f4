import type { Context } from '@/lib/context'
import {
  type LedgerFilter,
  type LedgerPosition,
  type TagEventRow,
  countTagEvents,
  ledgerOrder,
  searchTagEvents,
} from '@/lib/metadata/ledger-listing'
import type { Position } from '@/lib/metadata/engine/listing'
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
      read: async ({ descending, after, limit }) => {
        const { rows, stoppedAt } = await searchTagEvents(db, filter, {
          order: descending ? 'newest first' : 'oldest first',
          after: after && toLedgerPosition(after),
          limit,
        })
        return { rows, stoppedAt: stoppedAt && positionOf(stoppedAt) }
      },
      count: () => countTagEvents(db, filter),
      positionOf,
    },
  )

  function positionOf({ id, createdAt }: LedgerPosition): Position {
    return { key: order === 'time' ? createdAt : String(id), tie: String(id) }
  }
}

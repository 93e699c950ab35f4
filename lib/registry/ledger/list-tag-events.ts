import type { Context } from '@/lib/context'
import type { Principal } from '@/lib/domain/principal'
import type { LedgerScope } from '@/lib/metadata/ledger-listing'
import type { Page, PageRequest } from '@/lib/registry/page'
import { authorizeLedger } from './ledger-access'
import { type LedgerRequest, toLedgerFilter } from './ledger-filter'
import { readLedgerPage } from './read-ledger-page'
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
  const page = await readLedgerPage(ctx, filter, { pageSize, cursor })
  return { ...page, items: page.items.map(toTagEventDetails) }
}

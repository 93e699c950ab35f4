import {
  type InstanceFilter,
  countInstances,
  getInstanceTotals,
  listInstances as listInstanceRows,
} from '@/lib/metadata/instances'
import type { Context } from './context'
import { type InstanceDetails, toInstanceDetails } from './instance-details'
import { type Page, type PageRequest, readPage } from './page'

/** Instances by name, as seen by a reader who reached the server at `requestHost`. Throws PAGE_INVALID. */
export async function listInstances(
  ctx: Context,
  { regionId, search, ...request }: InstanceFilter & PageRequest,
  requestHost: string,
): Promise<Page<InstanceDetails>> {
  const filter = { regionId, search }
  const page = await readPage(
    request,
    { sort: 'name', descending: false, byTime: false },
    {
      read: (slice) => listInstanceRows(ctx.db, filter, slice),
      count: () => countInstances(ctx.db, filter),
      positionOf: (row) => ({ key: row.name, tie: row.id }),
    },
  )
  const totalsOf = await getInstanceTotals(
    ctx.db,
    page.items.map((row) => row.id),
  )
  const vantage = { ...ctx.config, requestHost }
  return { ...page, items: page.items.map((row) => toInstanceDetails(row, totalsOf(row.id), vantage)) }
}

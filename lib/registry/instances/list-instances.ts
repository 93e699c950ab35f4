import type { Principal } from '@/lib/domain/principal'
import { type InstanceFilter, countInstances, listInstances as listInstanceRows } from '@/lib/metadata/instances'
import { authorizeProven, viewerOf } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type InstanceDetails, describeInstances } from './instance-details'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'

/**
 * Lists the instances that a principal may see, by name, as shown to a reader who reached the server at `requestHost`.
 * Throws PAGE_INVALID.
 */
export async function listInstances(
  ctx: Context,
  principal: Principal,
  { regionId, name, search, ...request }: Omit<InstanceFilter, 'viewer'> & PageRequest,
  requestHost: string,
): Promise<Page<InstanceDetails>> {
  authorizeProven(principal)
  const filter = { viewer: viewerOf(principal), regionId, name, search }
  const page = await readPage(
    request,
    { sort: 'name', descending: false, byTime: false },
    {
      read: (slice) => listInstanceRows(ctx.db, filter, slice),
      count: () => countInstances(ctx.db, filter),
      positionOf: (row) => ({ key: row.name, tie: row.id }),
    },
  )
  return { ...page, items: await describeInstances(ctx, principal, page.items, requestHost) }
}

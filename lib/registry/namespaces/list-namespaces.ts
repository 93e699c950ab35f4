import type { Principal } from '@/lib/domain/principal'
import { type NamespaceFilter, countNamespaces, listNamespaces as listNamespaceRows } from '@/lib/metadata/namespaces'
import { authorize, viewerOf } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type NamespaceDetails, describeNamespaces } from './namespace-details'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'

/** Lists an instance's namespaces that a principal sees, by name. Throws NOT_FOUND for the instance, PAGE_INVALID. */
export async function listNamespaces(
  ctx: Context,
  principal: Principal,
  { instanceId, name, search, ...request }: Omit<NamespaceFilter, 'viewer'> & PageRequest,
): Promise<Page<NamespaceDetails>> {
  await authorize(ctx, principal, 'see', { instanceId })
  const filter = { viewer: viewerOf(principal), instanceId, name, search }
  const page = await readPage(
    request,
    { sort: 'name', descending: false, byTime: false },
    {
      read: (slice) => listNamespaceRows(ctx.db, filter, slice),
      count: () => countNamespaces(ctx.db, filter),
      positionOf: (row) => ({ key: row.name, tie: row.id }),
    },
  )
  return { ...page, items: await describeNamespaces(ctx.db, principal, page.items) }
}

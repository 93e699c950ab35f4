import {
  type NamespaceFilter,
  countNamespaces,
  countRepositoriesOf,
  listNamespaces as listNamespaceRows,
} from '@/lib/metadata/namespaces'
import type { Context } from './context'
import { requireInstance } from './instance-details'
import { type NamespaceDetails, toNamespaceDetails } from './namespace-details'
import { type Page, type PageRequest, readPage } from './page'

/** Namespaces of an instance by name. Throws NOT_FOUND for the instance, PAGE_INVALID. */
export async function listNamespaces(
  ctx: Context,
  { instanceId, search, ...request }: NamespaceFilter & PageRequest,
): Promise<Page<NamespaceDetails>> {
  await requireInstance(ctx.db, instanceId)
  const filter = { instanceId, search }
  const page = await readPage(
    request,
    { sort: 'name', descending: false, byTime: false },
    {
      read: (slice) => listNamespaceRows(ctx.db, filter, slice),
      count: () => countNamespaces(ctx.db, filter),
      positionOf: (row) => ({ key: row.name, tie: row.id }),
    },
  )
  const countOf = await countRepositoriesOf(
    ctx.db,
    page.items.map((row) => row.id),
  )
  return { ...page, items: page.items.map((row) => toNamespaceDetails(row, countOf(row.id))) }
}

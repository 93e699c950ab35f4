import type { Principal } from '@/lib/domain/principal'
import {
  countImmutabilityChanges,
  listImmutabilityChanges as listImmutabilityChangeRows,
} from '@/lib/metadata/immutability-changes'
import { authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'
import { type ImmutabilityChangeSummary, toChangeSummary } from './immutability-change-details'

/**
 * Lists the changes of many repositories of an instance, the newest first: those that the principal started, for an
 * administrator all. Throws NOT_FOUND for the instance, PAGE_INVALID.
 */
export async function listImmutabilityChanges(
  ctx: Context,
  principal: Principal,
  { instanceId, ...request }: PageRequest & { readonly instanceId: string },
): Promise<Page<ImmutabilityChangeSummary>> {
  await authorize(ctx, principal, 'see', { instanceId })
  const filter = { instanceId, actorId: principal.role === 'ADMINISTRATOR' ? null : principal.id }
  const page = await readPage(
    request,
    { sort: '-startedAt', descending: true, byTime: true },
    {
      read: (slice) => listImmutabilityChangeRows(ctx.db, filter, slice),
      count: () => countImmutabilityChanges(ctx.db, filter),
      positionOf: ({ startedAt, id }) => ({ key: startedAt, tie: id }),
    },
  )
  return { ...page, items: page.items.map(toChangeSummary) }
}

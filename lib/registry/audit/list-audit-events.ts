import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { countAuditEvents, searchAuditEvents } from '@/lib/metadata/audit-listing'
import { type AuditRequest, toAuditFilter } from './audit-filter'
import { type AuditEventDetails, toAuditEventDetails } from './audit-event-details'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import type { Position } from '@/lib/metadata/engine/listing'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'

/** Returns a page of audit events, the newest first. Throws PAGE_INVALID. */
export async function listAuditEvents(
  ctx: Context,
  principal: Principal,
  { pageSize, cursor, ...request }: AuditRequest & PageRequest,
): Promise<Page<AuditEventDetails>> {
  authorizeAdministrator(ctx, principal)
  const filter = toAuditFilter(request)
  const page = await readPage(
    { pageSize, cursor },
    { sort: '-id', descending: true, byTime: false },
    {
      read: async ({ descending, after, limit }) => {
        const id = after === null ? undefined : idOf(after.tie)
        const { rows, stoppedAtId } = descending
          ? await searchAuditEvents(ctx.db, filter, { order: 'newest first', beforeId: id, limit })
          : await searchAuditEvents(ctx.db, filter, { order: 'oldest first', afterId: id, limit })
        return { rows, stoppedAt: stoppedAtId === null ? null : positionOf({ id: stoppedAtId }) }
      },
      count: () => countAuditEvents(ctx.db, filter),
      positionOf,
    },
  )
  return { ...page, items: page.items.map(toAuditEventDetails) }
}

function positionOf({ id }: { readonly id: number }): Position {
  return { key: String(id), tie: String(id) }
}

function idOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new AppError('PAGE_INVALID', { fields: [{ path: 'cursor', message: 'a nextCursor of this list' }] })
}

import { AppError } from '@/lib/domain/errors'
import { type AuditFilter, countAuditEvents, listAuditEvents as listRows } from '@/lib/metadata/audit-listing'
import { type AuditEventDetails, toAuditEventDetails } from './audit-event-details'
import type { Context } from '@/lib/context'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'

/** Which events, as the REST API is asked: times are text. */
export type AuditRequest = Omit<AuditFilter, 'from' | 'to'> & {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Audit events, the newest first. Throws PAGE_INVALID. */
export async function listAuditEvents(
  ctx: Context,
  { pageSize, cursor, ...request }: AuditRequest & PageRequest,
): Promise<Page<AuditEventDetails>> {
  const filter = toAuditFilter(request)
  const page = await readPage(
    { pageSize, cursor },
    { sort: '-id', descending: true, byTime: false },
    {
      read: ({ after, limit }) => {
        const beforeId = after === null ? undefined : idOf(after.tie)
        return listRows(ctx.db, filter, { order: 'newest first', beforeId, limit })
      },
      count: () => countAuditEvents(ctx.db, filter),
      positionOf: ({ id }) => ({ key: String(id), tie: String(id) }),
    },
  )
  return { ...page, items: page.items.map(toAuditEventDetails) }
}

/** The filter of a request. */
export function toAuditFilter({ from, to, ...filter }: AuditRequest): AuditFilter {
  return { ...filter, from: from === undefined ? from : new Date(from), to: to === undefined ? to : new Date(to) }
}

function idOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new AppError('PAGE_INVALID', { fields: [{ path: 'cursor', message: 'a nextCursor of this list' }] })
}

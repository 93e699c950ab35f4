import type { Context } from '@/lib/context'
import type { Principal } from '@/lib/domain/principal'
import { exportTagEvents } from '@/lib/registry/ledger/export-tag-events'
import type { LedgerRequest, LedgerScope } from '@/lib/registry/ledger/ledger-filter'
import { listTagEvents } from '@/lib/registry/ledger/list-tag-events'
import type { PageRequest } from '@/lib/registry/page'

interface LedgerCall {
  readonly ctx: Context
  readonly principal: Principal
  readonly request: Request
}

type LedgerQuery = LedgerRequest & PageRequest & { readonly format?: 'json' | 'csv' | undefined }

/** The answer with the ledger of `scope`: a page, or all that matches as CSV. */
export async function tagEvents({ ctx, principal, request }: LedgerCall, scope: LedgerScope, query: LedgerQuery) {
  const { pageSize, cursor, format = acceptsCsv(request) ? 'csv' : 'json', ...filter } = query
  if (format === 'json') return { body: await listTagEvents(ctx, principal, scope, { ...filter, pageSize, cursor }) }
  return {
    download: {
      mediaType: 'text/csv',
      fileName: `tag-events-${new Date().toISOString().slice(0, 10)}.csv`,
      content: await exportTagEvents(ctx, principal, scope, filter),
    },
  }
}

/** Whether the client names CSV. A browser's `Accept` does not; neither does `*∕*`. */
function acceptsCsv(request: Request): boolean {
  const types = (request.headers.get('accept') ?? '').split(',')
  return types.some((type) => type.split(';')[0]?.trim().toLowerCase() === 'text/csv')
}

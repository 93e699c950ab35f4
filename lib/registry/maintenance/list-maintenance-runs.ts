import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { type MaintenanceKind, countRuns, listRuns } from '@/lib/metadata/maintenance-runs'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type MaintenanceRun, toMaintenanceRun } from './maintenance-run-details'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'

/** Returns a page of runs of a kind, the newest first. Throws PAGE_INVALID. */
export async function listMaintenanceRuns<Kind extends MaintenanceKind>(
  ctx: Context,
  principal: Principal,
  kind: Kind,
  request: PageRequest,
): Promise<Page<MaintenanceRun<Kind>>> {
  authorizeAdministrator(ctx, principal)
  const page = await readPage(
    request,
    { sort: '-id', descending: true, byTime: false },
    {
      read: ({ descending, after, limit }) =>
        listRuns(ctx.db, kind, { descending, afterId: after === null ? null : idOf(after.tie), limit }),
      count: () => countRuns(ctx.db, kind),
      positionOf: ({ id }) => ({ key: String(id), tie: String(id) }),
    },
  )
  return { ...page, items: page.items.map((row) => toMaintenanceRun(kind, row)) }
}

function idOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new AppError('PAGE_INVALID', { fields: [{ path: 'cursor', message: 'a nextCursor of this list' }] })
}

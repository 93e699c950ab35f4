import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { type MaintenanceKind, findRun } from '@/lib/metadata/maintenance-runs'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type MaintenanceRun, toMaintenanceRun } from './maintenance-run-details'

/** Returns a run of the kind. Throws NOT_FOUND. */
export async function getMaintenanceRun<Kind extends MaintenanceKind>(
  ctx: Context,
  principal: Principal,
  kind: Kind,
  id: string,
): Promise<MaintenanceRun<Kind>> {
  authorizeAdministrator(ctx, principal)
  const row = /^[1-9]\d{0,8}$/.test(id) ? await findRun(ctx.db, kind, Number(id)) : null
  if (row === null) throw new AppError('NOT_FOUND')
  return toMaintenanceRun(kind, row)
}

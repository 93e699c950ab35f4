import type { Principal } from '@/lib/domain/principal'
import { collectGarbage } from './collect-garbage'
import type { Context } from '@/lib/context'
import { type MaintenanceRun, toMaintenanceRun } from './maintenance-run-details'
import { startRun } from './run-maintenance'

/** A collection that somebody asks for. */
export interface CollectionRequest {
  readonly isDryRun?: boolean | undefined
  /** Seconds; the setting's, when absent. */
  readonly graceSeconds?: number | undefined
}

/**
 * Starts a garbage collection in the background (`startRun`: `background` is the process's context). Throws
 * ALREADY_RUNNING.
 */
export async function startGarbageCollection(
  ctx: Context,
  background: Context,
  startedBy: Principal | 'schedule',
  request: CollectionRequest,
): Promise<MaintenanceRun> {
  const options = {
    isDryRun: request.isDryRun ?? false,
    graceSeconds: request.graceSeconds ?? ctx.config.maintenance.graceHours * 3600,
  }
  const newRun = { kind: 'GARBAGE_COLLECTION', startedBy, ...options } as const
  return toMaintenanceRun(await startRun(ctx, background, newRun, (run) => collectGarbage(background, options, run)))
}

import type { Principal } from '@/lib/domain/principal'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { garbageCollectionJob } from './garbage-collection-job'
import { type MaintenanceRun, toMaintenanceRun } from './maintenance-run-details'

/** The options of a garbage collection started on demand. */
export interface CollectionRequest {
  readonly isDryRun?: boolean | undefined
  /** In seconds; the configured grace period when absent. */
  readonly graceSeconds?: number | undefined
}

/** Starts a garbage collection in the background. Throws ALREADY_RUNNING. */
export async function startGarbageCollection(
  ctx: Context,
  principal: Principal,
  request: CollectionRequest,
): Promise<MaintenanceRun<'GARBAGE_COLLECTION'>> {
  authorizeAdministrator(ctx, principal)
  const unasked = garbageCollectionJob.defaultOptions(ctx)
  const options = {
    isDryRun: request.isDryRun ?? unasked.isDryRun,
    graceSeconds: request.graceSeconds ?? unasked.graceSeconds,
  }
  const row = await ctx.jobs.start(ctx, garbageCollectionJob, { startedBy: principal, options })
  return toMaintenanceRun('GARBAGE_COLLECTION', row)
}

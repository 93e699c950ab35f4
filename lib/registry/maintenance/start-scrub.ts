import type { Principal } from '@/lib/domain/principal'
import type { Context } from '@/lib/context'
import { type MaintenanceRun, toMaintenanceRun } from './maintenance-run-details'
import { startRun } from './run-maintenance'
import { scrubBlobs } from './scrub-blobs'

/**
 * Starts a scrub in the background (`startRun`: `background` is the process's context), as fast as it can be without
 * `mibPerSecond`. Throws ALREADY_RUNNING.
 */
export async function startScrub(
  ctx: Context,
  background: Context,
  startedBy: Principal | 'schedule',
  { mibPerSecond = null }: { readonly mibPerSecond?: number | null } = {},
): Promise<MaintenanceRun> {
  const newRun = { kind: 'SCRUB', isDryRun: false, graceSeconds: null, startedBy } as const
  return toMaintenanceRun(
    await startRun(ctx, background, newRun, (run) => scrubBlobs(background, { mibPerSecond }, run)),
  )
}

import type { Principal } from '@/lib/domain/principal'
import type { Context } from '@/lib/context'
import { type MaintenanceRun, toMaintenanceRun } from './maintenance-run-details'
import { scrubJob } from './scrub-job'

/** Starts a scrub in the background, as fast as it can be. Throws ALREADY_RUNNING. */
export async function startScrub(ctx: Context, startedBy: Principal): Promise<MaintenanceRun<'SCRUB'>> {
  const row = await ctx.jobs.start(ctx, scrubJob, { startedBy, options: scrubJob.defaultOptions(ctx) })
  return toMaintenanceRun('SCRUB', row)
}

import type { Principal } from '@/lib/domain/principal'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type MaintenanceRun, toMaintenanceRun } from './maintenance-run-details'
import { scrubJob } from './scrub-job'

/** Starts a scrub in the background, at full speed. Throws ALREADY_RUNNING. */
export async function startScrub(ctx: Context, principal: Principal): Promise<MaintenanceRun<'SCRUB'>> {
  authorizeAdministrator(ctx, principal)
  const row = await ctx.jobs.start(ctx, scrubJob, { startedBy: principal, options: scrubJob.defaultOptions(ctx) })
  return toMaintenanceRun('SCRUB', row)
}

import type { Context } from '@/lib/context'
import type { PeriodicJob } from '@/lib/jobs/job'

const hourMs = 3_600_000

/**
 * Has the store remove what processes have left in it that ended at the wrong moment, and what was replaced (`BlobStore.sweep`).
 * Nothing is removed that was in use within the time for which garbage and idle uploads are kept. Does nothing while another
 * process does it.
 */
export async function sweepObjects(ctx: Context, signal: AbortSignal, now = new Date()): Promise<void> {
  if (ctx.blobs.sweep === undefined) return
  const lock = await ctx.db.tryLock('sweep of objects')
  if (lock === null) return
  try {
    const { graceHours, uploadExpiryHours } = ctx.config.maintenance
    await ctx.blobs.sweep(new Date(now.getTime() - Math.max(graceHours, uploadExpiryHours) * hourMs), signal)
  } finally {
    await lock.release()
  }
}

/** Runs `sweepObjects` on schedule. */
export const objectsJob: PeriodicJob<Context> = {
  name: 'sweep of objects',
  intervalMs: 6 * hourMs,
  work: (ctx, _isLast, signal) => sweepObjects(ctx, signal),
}

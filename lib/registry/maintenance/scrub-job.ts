import type { z } from 'zod'
import type { Context } from '@/lib/context'
import type { RecordedJob } from '@/lib/jobs/job'
import { scrubCounts } from './maintenance-run-details'
import { scrubBlobs } from './scrub-blobs'

/** Runs the scrub on schedule, at the configured pace, and on demand (`startScrub`), at full speed. */
export const scrubJob: RecordedJob<Context, z.output<typeof scrubCounts>> = {
  kind: 'SCRUB',
  counts: scrubCounts,
  intervalMs: ({ config }) => config.maintenance.scrubIntervalHours * 3_600_000,
  defaultOptions: () => ({}),
  work(ctx, _, run) {
    return scrubBlobs(ctx, { mibPerSecond: run.isScheduled ? ctx.config.maintenance.scrubMibPerSecond : null }, run)
  },
}

import type { Context } from '@/lib/context'
import type { PeriodicJob } from '@/lib/jobs/job'

/** Creates the reserve of disk space at the start, and again when there is room after a full disk. */
export const reserveJob: PeriodicJob<Context> = {
  name: 'reserve of disk space',
  intervalMs: 5_000,
  also: 'at start',
  work: ({ reserve }) => reserve.restore(),
}

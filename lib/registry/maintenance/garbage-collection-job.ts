import type { z } from 'zod'
import type { Context } from '@/lib/context'
import type { RecordedJob } from '@/lib/jobs/job'
import { type CollectionOptions, collectGarbage } from './collect-garbage'
import { collectionCounts } from './maintenance-run-details'

/** Runs garbage collection on schedule and on demand (`startGarbageCollection`). */
export const garbageCollectionJob: RecordedJob<Context, z.output<typeof collectionCounts>, CollectionOptions> = {
  kind: 'GARBAGE_COLLECTION',
  counts: collectionCounts,
  intervalMs: ({ config }) => config.maintenance.collectionIntervalHours * 3_600_000,
  defaultOptions: ({ config }) => ({ isDryRun: false, graceSeconds: config.maintenance.graceHours * 3600 }),
  work: collectGarbage,
}

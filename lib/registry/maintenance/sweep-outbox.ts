import type { Context } from '@/lib/context'
import type { PeriodicJob } from '@/lib/jobs/job'
import type { Database } from '@/lib/metadata/engine/database'
import { deleteOutboxBefore } from '@/lib/metadata/outbox'

/** How long an event stays in the outbox, in milliseconds: a reader may be down for a week and misses nothing. */
const keptMs = 7 * 24 * 3_600_000

/** How many events one transaction removes: pushes wait for it on SQLite. */
const batchMax = 1000

/** Removes from the outbox what was kept long enough. */
export async function sweepOutbox(db: Database, now = new Date()): Promise<void> {
  const end = new Date(now.getTime() - keptMs)
  while ((await db.sqlTransaction((tx) => deleteOutboxBefore(tx, end, batchMax))) === batchMax);
}

/** `sweepOutbox` by the clock. */
export const outboxJob: PeriodicJob<Context> = {
  name: 'sweep of the outbox',
  intervalMs: 60_000,
  work: ({ db }) => sweepOutbox(db),
}

import type { Context } from '@/lib/context'
import type { PeriodicJob } from '@/lib/jobs/job'
import { figuresReader } from '@/lib/metadata/day-figures'
import type { Database } from '@/lib/metadata/engine/database'
import { findOldestHeld } from '@/lib/metadata/held-events'
import { deleteOutboxBefore } from '@/lib/metadata/outbox'
import { findPassedByAll } from '@/lib/metadata/outbox-readers'
import { transparencyReader } from '@/lib/metadata/transparency-logs'

/** How long an event stays in the outbox, in milliseconds: a reader can be down for a week without missing any. */
const keptMs = 7 * 24 * 3_600_000

/** How many events one transaction removes at most: pushes wait for it on SQLite. */
const batchMax = 1000

/** Removes expired events from the outbox that all its readers have taken. */
export async function sweepOutbox(db: Database, now = new Date()): Promise<void> {
  const held = await findOldestHeld(db, null)
  const passed = await findPassedByAll(db, [transparencyReader, figuresReader])
  const last = held === null ? passed : Math.min(passed, held.id - 1)
  const end = new Date(now.getTime() - keptMs)
  while ((await db.sqlTransaction((tx) => deleteOutboxBefore(tx, { last, end }, batchMax))) === batchMax);
}

/** Runs `sweepOutbox` on schedule. */
export const outboxJob: PeriodicJob<Context> = {
  name: 'sweep of the outbox',
  intervalMs: 60_000,
  work: ({ db }) => sweepOutbox(db),
}

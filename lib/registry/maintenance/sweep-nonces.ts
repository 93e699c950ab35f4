import type { Context } from '@/lib/context'
import type { PeriodicJob } from '@/lib/jobs/job'
import type { Database } from '@/lib/metadata/engine/database'
import { deleteNoncesBefore } from '@/lib/metadata/nonces'

/**
 * How long a nonce is kept, in milliseconds. Its request may come again for 30 minutes at most: dated 15 minutes ahead,
 * until 15 minutes after that date. The rest is for servers whose clocks differ.
 */
const keptMs = 60 * 60_000

/** How many nonces one transaction removes at most: pushes wait for it on SQLite. */
const batchMax = 1000

/** Removes nonces that no request can repeat any more. */
export async function sweepNonces(db: Database, now = new Date()): Promise<void> {
  const end = new Date(now.getTime() - keptMs)
  while ((await db.sqlTransaction((tx) => deleteNoncesBefore(tx, end, batchMax))) === batchMax);
}

/** Runs `sweepNonces` on schedule. */
export const noncesJob: PeriodicJob<Context> = {
  name: 'sweep of nonces',
  intervalMs: 60_000,
  work: ({ db }) => sweepNonces(db),
}

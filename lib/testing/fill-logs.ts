import { setTimeout } from 'node:timers/promises'
import { listUnfinishedLogs } from '@/lib/metadata/transparency-logs'
import { type Sequenced, sequenceLogs } from '@/lib/registry/transparency/sequence-logs'
import type { SequencerContext } from '@/lib/registry/transparency/take-events'

/** How often it is tried, 20 milliseconds apart. */
const triesMax = 1000

/**
 * Brings all logs up to date, with their first batches: on PostgreSQL these wait for transactions of other tests, in other
 * databases of the cluster. Returns what the last call has done.
 */
export async function fillLogs(ctx: SequencerContext): Promise<Sequenced> {
  for (let tries = 1; ; tries++) {
    const done = await sequenceLogs(ctx)
    const { id } = await ctx.logKeys.read()
    const unfinished = await listUnfinishedLogs(ctx.db, id)
    if (unfinished.every(({ phase }) => phase === 'started') || tries === triesMax) return done
    await setTimeout(20)
  }
}

import { AppError } from '@/lib/domain/errors'
import { type MaintenanceKind, findLastRun } from '@/lib/metadata/maintenance-runs'
import type { Context } from '@/lib/context'
import { failAbandonedRuns, stopRuns } from './run-maintenance'
import { sweepKeptAnswers } from '@/lib/registry/run-once'
import { startGarbageCollection } from './start-garbage-collection'
import { startScrub } from './start-scrub'
import { sweepOutbox } from './sweep-outbox'

/** How often it is looked whether a run is due, in milliseconds. */
const tickMs = 60_000

/** After how long a failed run is tried again, where its interval is not shorter, in milliseconds. */
const retryMs = 3_600_000

/** Maintenance by the clock, as long as the server runs. */
export interface Maintenance {
  /** Ends the schedule and every run of this process, also one that was asked for; resolves when they have ended. */
  stop(): Promise<void>
}

/** Starts garbage collections and scrubs when they are due, by the settings. Any number of processes may do so. */
export function startMaintenance(ctx: Context): Maintenance {
  let ticking = Promise.resolve()
  const timer = setInterval(() => {
    ticking = ticking.then(() => startDueRuns(ctx)).then(() => sweep(ctx))
  }, tickMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await ticking
      await stopRuns()
    },
  }
}

/** What is done each time and needs no record. Never rejects. */
async function sweep({ db, log }: Context): Promise<void> {
  try {
    await sweepKeptAnswers(db)
  } catch (err) {
    log.error({ err }, 'answers that were kept long enough could not be removed')
  }
  try {
    await sweepOutbox(db)
  } catch (err) {
    log.error({ err }, 'old events could not be removed from the outbox')
  }
}

/** Starts what is due now, and clears up after processes that died. Never rejects: the next time may be better. */
export async function startDueRuns(ctx: Context, now = new Date()): Promise<void> {
  const { collectionIntervalHours, scrubIntervalHours, scrubMibPerSecond: mibPerSecond } = ctx.config.maintenance
  await startIfDue(ctx, now, 'GARBAGE_COLLECTION', collectionIntervalHours, () =>
    startGarbageCollection(ctx, ctx, 'schedule', {}),
  )
  await startIfDue(ctx, now, 'SCRUB', scrubIntervalHours, () => startScrub(ctx, ctx, 'schedule', { mibPerSecond }))
}

async function startIfDue(
  ctx: Context,
  now: Date,
  kind: MaintenanceKind,
  intervalHours: number,
  start: () => Promise<unknown>,
): Promise<void> {
  try {
    let last = await findLastRun(ctx.db, kind)
    if (last?.state === 'RUNNING') {
      await failAbandonedRuns(ctx, kind)
      last = await findLastRun(ctx.db, kind)
    }
    if (intervalHours === 0 || last?.state === 'RUNNING') return
    const intervalMs = intervalHours * 3_600_000
    const wait = last?.state === 'FAILED' ? Math.min(intervalMs, retryMs) : intervalMs
    if (last === null || now.getTime() - last.startedAt.getTime() >= wait) await start()
  } catch (err) {
    if (AppError.is(err) && err.code === 'ALREADY_RUNNING') return
    ctx.log.error({ err, kind }, 'maintenance could not be started')
  }
}

import type { Context } from '@/lib/context'
import type { PeriodicJob } from '@/lib/jobs/job'
import { JobLease } from '@/lib/jobs/job-lease'
import { findOldestHeld } from '@/lib/metadata/held-events'
import { findLogWork } from '@/lib/metadata/log-work'
import { type LogHead, listUnfinishedLogs } from '@/lib/metadata/transparency-logs'
import type { LogSigners } from '@/lib/secrets/log-keys'
import { TileError } from '@/lib/transparency/tree'
import { Overtaken, prepareAppend, writeAppend } from './append-leaves'
import { addNextState, beginLogs, copyHistory, startLog } from './first-batch'
import { UnreadableError } from './make-leaves'
import { type SequencerContext, noteStalled, takeBatch, takeHeldBatch } from './take-events'

/** What a call of `sequenceLogs` has done. */
export interface Sequenced {
  readonly batches: number
  readonly leaves: number
}

/**
 * Brings all logs up to date: takes what the outbox has, in its order, and appends its leaves. Each batch is one
 * transaction, which moves the reader and the heads from where they were read: of any number of processes that do this at
 * once, one takes a batch, and a process that was interrupted or paused anywhere leaves nothing and changes nothing.
 *
 * With `isLast`, what there was before a log is left to the next start: it may take minutes.
 */
export async function sequenceLogs(
  ctx: SequencerContext,
  { signal, isLast = false }: { readonly signal?: AbortSignal; readonly isLast?: boolean } = {},
): Promise<Sequenced> {
  let [batches, leaves] = [0, 0]
  try {
    const signers = await ctx.logKeys.read()
    while (signal?.aborted !== true) {
      const work = await findLogWork(ctx.db, signers.id)
      if (work.isUnfinished) await startAndSign(ctx, signers)
      const taken = [
        work.hasEvents ? await takeBatch(ctx, signers) : null,
        work.isHeld ? await takeHeldBatch(ctx, signers) : null,
      ].filter((batch) => batch !== null)
      batches += taken.length
      leaves += taken.reduce((sum, batch) => sum + batch.leaves, 0)
      const hasTold = !isLast && work.isUnfinished && (await tellBefore(ctx, signers))
      // What came meanwhile waits for the next call: while there are pushes, small batches would cost more than these do.
      if (!taken.some(({ isAll }) => !isAll) && !hasTold) break
    }
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error
  }
  return { batches, leaves }
}

/** Begins logs, and signs with new keys. */
async function startAndSign(ctx: SequencerContext, signers: LogSigners): Promise<void> {
  await beginLogs(ctx)
  for (const head of await listUnfinishedLogs(ctx.db, signers.id)) {
    if (head.phase === 'new') await startLog(ctx, head, signers)
    else if (head.size > 0 && head.signedWith !== signers.id) {
      await orStandStill(ctx, head, async () => {
        const prepared = await prepareAppend(ctx, head, [], signers)
        await ctx.db.sqlTransaction((tx) => writeAppend(tx, prepared))
        if ((await findOldestHeld(ctx.db, head.instanceId)) === null) await noteStalled(ctx, head, '')
      })
    }
  }
}

/** Tells the next piece of what there was before each log that has not begun; returns whether there was any. */
async function tellBefore(ctx: SequencerContext, signers: LogSigners): Promise<boolean> {
  let hasTold = false
  for (const head of await listUnfinishedLogs(ctx.db, signers.id)) {
    if (head.phase !== 'history' && head.phase !== 'states') continue
    hasTold = (await orStandStill(ctx, head, () => tellNext(ctx, head, signers))) === true || hasTold
  }
  return hasTold
}

/** Does `work` for one log. What that log cannot read stops that log alone. */
async function orStandStill<T>(ctx: SequencerContext, head: LogHead, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof UnreadableError || error instanceof TileError)) throw error
    const reason = error instanceof TileError ? `the tiles of the log cannot be read: ${error.message}` : error.message
    await noteStalled(ctx, head, reason)
    return null
  }
}

async function tellNext(ctx: SequencerContext, head: LogHead, signers: LogSigners): Promise<boolean> {
  if (head.phase === 'history') {
    const hasCopied = await copyHistory(ctx, head, signers)
    if (hasCopied) await noteStalled(ctx, head, '')
    return hasCopied
  }
  // Before what is held, nothing can be told.
  return (await findOldestHeld(ctx.db, head.instanceId)) === null && addNextState(ctx, head)
}

/** How often the outbox is looked at, in milliseconds: with the time of a batch, how late a leaf is. */
const intervalMs = 500

/**
 * Runs `sequenceLogs`. The lease only spares the other processes the work: that one that has lost it goes on does no harm.
 */
export function transparencyJob(): PeriodicJob<Context> {
  const lease = new JobLease('TRANSPARENCY_LOG')
  return {
    name: 'transparency logs',
    intervalMs,
    also: 'at stop',
    async work(ctx, isLast, signal) {
      if (!(await lease.hold(ctx.db))) return
      await sequenceLogs(ctx, isLast ? { isLast } : { signal })
      if (isLast) await lease.release(ctx.db)
    },
  }
}

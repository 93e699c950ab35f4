import type { Context } from '@/lib/context'
import type { PeriodicJob } from '@/lib/jobs/job'
import { JobLease } from '@/lib/jobs/job-lease'
import { type OutboxEventRow, readOutboxPage, takeOutboxPage } from '@/lib/metadata/outbox-readers'
import {
  type LogHead,
  listInstancesWithoutLog,
  listLogs,
  listUnfinishedLogs,
  transparencyReader,
} from '@/lib/metadata/transparency-logs'
import type { LogSigners } from '@/lib/secrets/log-keys'
import { Overtaken, prepareAppend, writeAppend } from './append-leaves'
import { addNextState, beginLogs, copyHistory, startLog } from './first-batch'
import { EventLeaves, type NewLeaf } from './make-leaves'

/** What the sequencer needs of the process. */
export type SequencerContext = Pick<Context, 'db' | 'config' | 'logKeys'>

/** How many events of the outbox, and about how many leaves, one transaction takes: pushes wait for it on SQLite. */
const batchMax = 500

/** What a call of `sequenceLogs` has done. */
export interface Sequenced {
  readonly batches: number
  readonly leaves: number
}

/**
 * Brings all logs up to date: takes what the outbox has, in its order, and appends its leaves. Each batch is one
 * transaction, which moves the reader and the heads from where they were read: of any number of processes that do this at
 * once, one takes a batch, and a process that was interrupted or paused anywhere leaves nothing and changes nothing.
 */
export async function sequenceLogs(ctx: SequencerContext, signal?: AbortSignal): Promise<Sequenced> {
  let [batches, leaves] = [0, 0]
  try {
    const signers = await ctx.logKeys.read()
    for (;;) {
      if (signal?.aborted === true) break
      if (!(await finishHeads(ctx, signers, signal))) break
      const taken = await takeBatch(ctx, signers)
      if (taken !== null) {
        batches += 1
        leaves += taken
        continue
      }
      const [unfinished] = (await listUnfinishedLogs(ctx.db, signers.id)).filter(({ phase }) => phase === 'states')
      if (unfinished === undefined) break
      await addNextState(ctx, unfinished)
    }
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error
  }
  return { batches, leaves }
}

/** Begins logs, copies the ledger so far, and signs with new keys. Returns false while the outbox must wait. */
async function finishHeads(ctx: SequencerContext, signers: LogSigners, signal?: AbortSignal): Promise<boolean> {
  await beginLogs(ctx)
  for (const head of await listUnfinishedLogs(ctx.db, signers.id)) {
    if (signal?.aborted === true) return false
    if (head.phase === 'new') await startLog(ctx, head, signers)
    else if (head.phase === 'history') {
      return (await copyHistory(ctx, head, signers)) && finishHeads(ctx, signers, signal)
    } else if (head.size > 0 && head.signedWith !== signers.id) {
      const prepared = await prepareAppend(ctx, head, [], signers)
      await ctx.db.sqlTransaction((tx) => writeAppend(tx, prepared))
    }
  }
  return true
}

/** Takes the next events; returns how many leaves they made, or null when there was nothing to take. */
async function takeBatch(ctx: SequencerContext, signers: LogSigners): Promise<number | null> {
  const { db } = ctx
  const page = await readOutboxPage(db, transparencyReader, batchMax)
  const heads = new Map((await listLogs(db, instancesOf(page.events))).map((head) => [head.instanceId, head]))
  if (instancesOf(page.events).some((id) => !heads.has(id))) {
    // One that a server of an earlier version has made just now; those that are gone have no leaves any more.
    if ((await listInstancesWithoutLog(db)).length > 0) return 0
  }
  // A log that was begun just now: its first leaves come before those of events.
  if ([...heads.values()].some(({ phase }) => phase === 'new' || phase === 'history')) return 0
  const made = await EventLeaves.of(db, page.events)
  const leaves = new Map<string, NewLeaf[]>()
  let [events, count] = [0, 0]
  for (const event of page.events) {
    if (count >= batchMax) break
    events += 1
    const head = heads.get(event.instanceId)
    if (head === undefined || isHistory(event, head)) continue
    const own = await made.leavesOf(event)
    count += own.length
    const others = leaves.get(event.instanceId)
    if (others === undefined) leaves.set(event.instanceId, own)
    else others.push(...own)
  }
  const taken = page.after(events)
  if (taken === null) return null
  const prepared = await Promise.all(
    [...leaves]
      .filter(([, own]) => own.length > 0)
      .map(([instanceId, own]) => prepareAppend(ctx, heads.get(instanceId) as LogHead, own, signers)),
  )
  await db.sqlTransaction(async (tx) => {
    if (!(await takeOutboxPage(tx, taken))) throw new Overtaken()
    for (const append of prepared) await writeAppend(tx, append)
  })
  return page.events.length === 0 ? null : count
}

/** Whether the log has an event from the ledger so far, or with the states of repositories. */
function isHistory({ id, tagEventId }: OutboxEventRow, { historyEnd, outboxEnd }: LogHead): boolean {
  return tagEventId === null ? id <= outboxEnd : tagEventId <= historyEnd
}

function instancesOf(events: readonly OutboxEventRow[]): string[] {
  return [...new Set(events.map(({ instanceId }) => instanceId))]
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
      await sequenceLogs(ctx, isLast ? undefined : signal)
      if (isLast) await lease.release(ctx.db)
    },
  }
}

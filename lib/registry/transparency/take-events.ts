import type { Context } from '@/lib/context'
import { holdEvents, listHeldEvents, listHoldingInstances, releaseHeldEvents } from '@/lib/metadata/held-events'
import { type OutboxEventRow, readOutboxPage, takeOutboxPage } from '@/lib/metadata/outbox-readers'
import {
  type LogHead,
  findLog,
  listInstancesWithoutLog,
  listLogs,
  setStalled,
  transparencyReader,
} from '@/lib/metadata/transparency-logs'
import type { LogSigners } from '@/lib/secrets/log-keys'
import { TileError } from '@/lib/transparency/tree'
import { turns } from '@/lib/registry/give-turns'
import { Overtaken, type PreparedAppend, prepareAppend, writeAppend } from './append-leaves'
import { EventLeaves, type NewLeaf, UnreadableError } from './make-leaves'

/** What the sequencer needs of the process. */
export type SequencerContext = Pick<Context, 'db' | 'config' | 'logKeys' | 'log'>

/*
 * Events of the outbox become leaves. The reader of the outbox passes all events in order, whatever their logs can take.
 * Where one cannot take an event, that one and all later ones of its instance are held for it, so that no other log waits.
 */

/** How many events of the outbox, and about how many leaves, one transaction takes: pushes wait for it on SQLite. */
const batchMax = 500

/** What a batch does to one log. */
interface Share {
  readonly head: LogHead
  /** The ids of the events whose leaves these are, and of those that are held. */
  readonly taken: number[]
  readonly leaves: NewLeaf[]
  readonly held: number[]
  /** Why the first of them is held; null: it waits behind others. */
  unreadable: string | null
}

/** What a batch took. */
export interface TakenBatch {
  readonly leaves: number
  /** Whether nothing that could be taken was left. */
  readonly isAll: boolean
}

/** Nothing yet: something else comes first. */
const later: TakenBatch = { leaves: 0, isAll: false }

/** Takes the next events of the outbox; null: there was nothing to take. */
export async function takeBatch(ctx: SequencerContext, signers: LogSigners): Promise<TakenBatch | null> {
  const { db } = ctx
  const page = await readOutboxPage(db, transparencyReader, batchMax)
  const heads = new Map((await listLogs(db, instancesOf(page.events))).map((head) => [head.instanceId, head]))
  if (instancesOf(page.events).some((id) => !heads.has(id))) {
    // One that a server of an earlier version has made just now; those that are gone have no leaves any more.
    if ((await listInstancesWithoutLog(db)).length > 0) return later
  }
  // A log that was begun just now: its first leaf comes before those of events.
  if ([...heads.values()].some(({ phase }) => phase === 'new')) return later
  const holding = new Set(page.events.length === 0 ? [] : await listHoldingInstances(db))
  const made = await EventLeaves.of(db, page.events)
  const shares = new Map<string, Share>()
  const giveTurn = turns()
  let [events, count] = [0, 0]
  for (const event of page.events) {
    if (count >= batchMax) break
    await giveTurn()
    events += 1
    const head = heads.get(event.instanceId)
    if (head === undefined || isHistory(event, head)) continue
    const share = shares.get(event.instanceId) ?? newShare(head)
    shares.set(event.instanceId, share)
    const mustWait = head.phase === 'history' || holding.has(event.instanceId) || share.held.length > 0
    if (mustWait) share.held.push(event.id)
    else count += addTo(share, made, event)
  }
  const taken = page.after(events)
  if (taken === null) return null
  const prepared = await Promise.all([...shares.values()].map((share) => prepareShare(ctx, share, signers)))
  await db.sqlTransaction(async (tx) => {
    if (!(await takeOutboxPage(tx, taken))) throw new Overtaken()
    for (const append of prepared) if (append !== null) await writeAppend(tx, append)
    for (const { head, held } of shares.values()) if (held.length > 0) await holdEvents(tx, head.instanceId, held)
  })
  for (const share of shares.values())
    if (share.unreadable !== null) await noteStalled(ctx, share.head, share.unreadable)
  if (page.events.length === 0) return null
  return { leaves: count, isAll: page.events.length < batchMax && events === page.events.length }
}

/** Takes held events that can be taken by now; null: there are none. */
export async function takeHeldBatch(ctx: SequencerContext, signers: LogSigners): Promise<TakenBatch | null> {
  let leaves: number | null = null
  for (const instanceId of await listHoldingInstances(ctx.db)) {
    const own = await takeHeldOf(ctx, instanceId, signers)
    if (own !== null) leaves = (leaves ?? 0) + own
  }
  return leaves === null ? null : { leaves, isAll: false }
}

/** Returns how many leaves they made. */
async function takeHeldOf(ctx: SequencerContext, instanceId: string, signers: LogSigners): Promise<number | null> {
  const { db } = ctx
  const head = await findLog(db, instanceId)
  if (head === null || head.phase === 'history' || head.phase === 'new') return null
  const rows = await listHeldEvents(db, instanceId, batchMax)
  const made = await EventLeaves.of(
    db,
    rows.flatMap(({ event }) => event ?? []),
  )
  const share = newShare(head)
  const giveTurn = turns()
  let count = 0
  for (const { id, event } of rows) {
    if (count >= batchMax || share.held.length > 0) break
    await giveTurn()
    if (event === null) {
      share.held.push(id)
      share.unreadable = `event ${id} of the outbox cannot be read: it is gone`
    } else if (isHistory(event, head)) share.taken.push(id)
    else count += addTo(share, made, event)
  }
  const prepared = await prepareShare(ctx, share, signers)
  const { taken, unreadable } = share
  if (taken.length > 0) {
    await db.sqlTransaction(async (tx) => {
      if ((await releaseHeldEvents(tx, instanceId, taken)) !== taken.length) throw new Overtaken()
      if (prepared !== null) await writeAppend(tx, prepared)
    })
  }
  await noteStalled(ctx, head, unreadable ?? '')
  return taken.length === 0 ? null : count
}

/** Records, and logs once, why a log stands still; '': it does not. */
export async function noteStalled(
  { db, log }: Pick<SequencerContext, 'db' | 'log'>,
  { instanceId, origin, stalled }: LogHead,
  reason: string,
): Promise<void> {
  if (stalled === reason || !(await db.sqlTransaction((tx) => setStalled(tx, instanceId, reason)))) return
  const of = { instanceId, origin }
  if (reason === '') log.info(of, 'the transparency log goes on')
  else log.error({ ...of, reason }, 'the transparency log stands still: see docs/transparency.md')
}

function newShare(head: LogHead): Share {
  return { head, taken: [], leaves: [], held: [], unreadable: null }
}

/** Adds the leaves of an event, or holds it; returns how many leaves it made. */
function addTo(share: Share, made: EventLeaves, event: OutboxEventRow): number {
  try {
    const leaves = made.leavesOf(event)
    share.taken.push(event.id)
    share.leaves.push(...leaves)
    return leaves.length
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error
    share.held.push(event.id)
    share.unreadable = error.message
    return 0
  }
}

/** What the leaves make of the log; null for no leaves. Where its tiles cannot be read, all of its events are held. */
async function prepareShare(ctx: SequencerContext, share: Share, signers: LogSigners): Promise<PreparedAppend | null> {
  if (share.leaves.length === 0) return null
  try {
    return await prepareAppend(ctx, share.head, share.leaves, signers)
  } catch (error) {
    if (!(error instanceof TileError)) throw error
    share.held.unshift(...share.taken.splice(0))
    share.unreadable = `the tiles of the log cannot be read: ${error.message}`
    return null
  }
}

/** Whether the log has an event from the ledger so far, or with the states of repositories. */
function isHistory({ id, tagEventId }: OutboxEventRow, { historyEnd, outboxEnd }: LogHead): boolean {
  return tagEventId === null ? id <= outboxEnd : tagEventId <= historyEnd
}

function instancesOf(events: readonly OutboxEventRow[]): string[] {
  return [...new Set(events.map(({ instanceId }) => instanceId))]
}

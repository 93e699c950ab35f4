import type { Context } from '@/lib/context'
import { dayOf } from '@/lib/domain/day'
import { leasedJob } from '@/lib/jobs/leased-job'
import type { PeriodicJob } from '@/lib/jobs/job'
import {
  type CountedEvent,
  type DayCount,
  addToDays,
  figuresReader,
  listCountedEvents,
} from '@/lib/metadata/day-figures'
import type { Database } from '@/lib/metadata/engine/database'
import { readOutboxPage, takeOutboxPage } from '@/lib/metadata/outbox-readers'

/** How many events one transaction takes: pushes wait for it on SQLite. */
const batchMax = 500

/**
 * Counts the pushes and refusals in the outbox by day: each once, whichever process counts it and however it ends. Ends
 * early when `signal` is aborted.
 */
export async function countEvents(db: Database, signal?: AbortSignal): Promise<void> {
  while (signal?.aborted !== true) {
    const page = await readOutboxPage(db, figuresReader, batchMax)
    const taken = page.after(page.events.length)
    if (taken === null) return
    const counts = byDay(await listCountedEvents(db, page.events))
    const isOurs = await db.sqlTransaction(async (tx) => {
      if (!(await takeOutboxPage(tx, taken))) return false
      if (counts.length > 0) await addToDays(tx, counts)
      return true
    })
    if (!isOurs || page.events.length < batchMax) return
  }
}

function byDay(events: readonly CountedEvent[]): DayCount[] {
  const counts = new Map<string, DayCount>()
  for (const { instanceId, repositoryId, at, isRefusal } of events) {
    const day = dayOf(at)
    const key = `${repositoryId} ${day}`
    const { pushes, refusals } = counts.get(key) ?? { pushes: 0, refusals: 0 }
    counts.set(key, {
      ...{ instanceId, repositoryId, day },
      pushes: pushes + (isRefusal ? 0 : 1),
      refusals: refusals + (isRefusal ? 1 : 0),
    })
  }
  return [...counts.values()]
}

/** Runs `countEvents`. */
export function eventsJob(): PeriodicJob<Context> {
  return leasedJob('FIGURES_EVENTS', 15_000, {
    name: 'count of pushes and refusals',
    intervalMs: 3_000,
    also: 'at stop',
    work: ({ db }, isLast, signal) => countEvents(db, isLast ? undefined : signal),
  })
}

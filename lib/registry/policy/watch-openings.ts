import type { Context } from '@/lib/context'
import { SeenTimes, endOfOpening } from '@/lib/domain/openings'
import { systemPrincipal } from '@/lib/domain/principal'
import type { PeriodicJob } from '@/lib/jobs/job'
import { type OpeningRow, listUnclosedOpenings, noteSeen } from '@/lib/metadata/openings'
import { lockRepositoryExclusively } from '@/lib/metadata/repositories'
import { recordClosing } from './record-closing'

/**
 * Notes the time for the openings that are open, and records the end of those that have ended. It is not this that
 * closes a tag: each push looks at the time. But once an end is recorded, no clock can open the tag again.
 */
export async function watchOpenings(
  { db }: Pick<Context, 'db'>,
  seenTimes: SeenTimes,
  now = new Date(),
): Promise<void> {
  const openings = await listUnclosedOpenings(db)
  const latest = seenTimes.next(openings, now)
  for (const opening of openings) {
    const seenAt = latest.get(opening.id) ?? opening.seenAt
    const end = endOfOpening({ closesAt: opening.closesAt, seenAt }, now)
    if (end === null) await noteSeen(db, opening.id, seenAt)
    else await recordEnd(db, opening, end)
  }
}

async function recordEnd(
  db: Context['db'],
  opening: OpeningRow,
  end: NonNullable<ReturnType<typeof endOfOpening>>,
): Promise<void> {
  await db.sqlTransaction(async (tx) => {
    const repository = await lockRepositoryExclusively(tx, opening.repositoryId)
    if (repository === null) return
    await recordClosing(tx, repository, systemPrincipal, opening, { ...end, by: null })
  })
}

/** Runs `watchOpenings`. Its interval is how much a clock that goes back at a crash can add to an opening. */
export function openingsJob(): PeriodicJob<Context> {
  const seenTimes = new SeenTimes()
  return {
    name: 'openings of tags',
    intervalMs: 5_000,
    also: 'at start',
    work: (ctx) => watchOpenings(ctx, seenTimes),
  }
}

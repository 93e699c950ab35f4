import type { Context } from '@/lib/context'
import type { PeriodicJob } from '@/lib/jobs/job'
import { checkInstanceTotals, checkRepositoryTotals, listRepositoryIds } from '@/lib/metadata/totals-check'

/**
 * Compares the totals of all repositories and instances with a count, repairs those that differ and logs each. Ends early
 * when `signal` is aborted.
 */
export async function checkTotals({ db, log }: Pick<Context, 'db' | 'log'>, signal: AbortSignal): Promise<void> {
  for (let after = ''; ;) {
    const ids = await listRepositoryIds(db, after)
    for (const id of ids) {
      if (signal.aborted) return
      for (const repaired of await checkRepositoryTotals(db, id))
        log.warn(repaired, 'a total of a repository was wrong')
    }
    const last = ids.at(-1)
    if (last === undefined) break
    after = last
  }
  for (const repaired of await checkInstanceTotals(db)) log.warn(repaired, 'a total of an instance was wrong')
}

/** Runs `checkTotals` on schedule. */
export const totalsJob: PeriodicJob<Context> = {
  name: 'check of totals',
  intervalMs: 6 * 3_600_000,
  work: (ctx, _isLast, signal) => checkTotals(ctx, signal),
}

import { randomUUID } from 'node:crypto'
import { holdLease, releaseLease } from '@/lib/metadata/engine/leases'
import type { JobContext, PeriodicJob } from './job'

/**
 * A job that one of all processes on a database does at a time: the one that holds the lease of this name. When that one
 * stands still, another one goes on after `leaseMs` or one interval, whichever is longer. On SQLite one process runs jobs.
 */
export function leasedJob<C extends JobContext>(lease: string, leaseMs: number, job: PeriodicJob<C>): PeriodicJob<C> {
  const holder = randomUUID()
  const forMs = Math.max(leaseMs, 2 * job.intervalMs)
  return {
    ...job,
    async work(ctx, isLast, signal) {
      if (ctx.db.provider === 'sqlite') return job.work(ctx, isLast, signal)
      if (!(await holdLease(ctx.db, { name: lease, holder, forMs }))) return
      await job.work(ctx, isLast, signal)
      if (isLast) await releaseLease(ctx.db, { name: lease, holder })
    },
  }
}

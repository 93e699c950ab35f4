import type { Context } from '@/lib/context'
import type { PeriodicJob } from '@/lib/jobs/job'
import { JobLease } from '@/lib/jobs/job-lease'
import type { PostToWitness } from './deliver-checkpoint'
import { Witnessing } from './witness-logs'

/** How often the logs are looked at, in milliseconds. */
const intervalMs = 500

/** Has the checkpoints of the logs cosigned: a job of its own, because the one that fills the logs waits for nobody. */
export function witnessJob(post: PostToWitness): PeriodicJob<Context> {
  const lease = new JobLease('LOG_WITNESSES')
  let witnessing: Witnessing | null = null
  return {
    name: 'witnesses of the transparency logs',
    intervalMs,
    also: 'at stop',
    async work(ctx, isLast, signal) {
      if (isLast) {
        await witnessing?.settled()
        await lease.release(ctx.db)
      } else if (await lease.hold(ctx.db)) {
        // The server that had the lease before may have had other witnesses.
        witnessing ??= new Witnessing(ctx, post)
        await witnessing.look(signal)
      } else {
        await witnessing?.settled()
        witnessing = null
      }
    },
  }
}

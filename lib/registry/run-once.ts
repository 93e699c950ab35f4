import { AppError } from '@/lib/domain/errors'
import type { Database } from '@/lib/metadata/engine/database'
import {
  type IdempotencyRecord,
  claimIdempotencyRecord,
  completeIdempotencyRecord,
  deleteIdempotencyRecordsBefore,
  findIdempotencyRecord,
  hasIdempotencyRecordsBefore,
} from '@/lib/metadata/idempotency-records'
import type { Context } from '@/lib/context'
import type { PeriodicJob } from '@/lib/jobs/job'
import type { Principal } from '@/lib/domain/principal'
import { type Need, authorizeAgain } from './authorize'

/** How long an answer is kept, in milliseconds. */
const keptMs = 24 * 60 * 60 * 1000

/** Removes expired answers: some contain a sealed secret. */
export async function sweepKeptAnswers(db: Database, now = new Date()): Promise<void> {
  const end = new Date(now.getTime() - keptMs)
  if (!(await hasIdempotencyRecordsBefore(db, end))) return
  await db.transaction((tx) => deleteIdempotencyRecordsBefore(tx, end))
}

/** Runs `sweepKeptAnswers` on schedule. */
export const keptAnswersJob: PeriodicJob<Context> = {
  name: 'sweep of kept answers',
  intervalMs: 60_000,
  work: ({ db }) => sweepKeptAnswers(db),
}

/** An answer as it is stored. */
export type KeptAnswer = Omit<IdempotencyRecord, 'requestHash' | 'needs'>

/**
 * Runs `work` unless the request `id` was run before; then returns the stored answer. The work and its answer are
 * written in one transaction: after a crash, a retry finds both or neither. `work` must use the context it is given,
 * whose database is that transaction. What must be recorded although it is rolled back, `work` adds to `afterRollback`.
 *
 * The permissions that `work` required of the principal are stored with the answer and checked again before the answer
 * is returned again: it may contain a secret. Throws like the use case when the principal no longer has them, and
 * IDEMPOTENCY_CONFLICT when `id` belongs to another request. Errors that `work` throws are not stored.
 */
export async function runOnce(
  ctx: Context,
  principal: Principal,
  { id, requestHash }: { readonly id: string; readonly requestHash: string },
  work: (ctx: Context) => Promise<KeptAnswer>,
): Promise<KeptAnswer> {
  const afterRollback: ((ctx: Context) => Promise<void>)[] = []
  const once = ctx.db.transaction(async (tx) => {
    await deleteIdempotencyRecordsBefore(tx, new Date(Date.now() - keptMs))
    if (await claimIdempotencyRecord(tx, { id, requestHash })) {
      // A use case's own transaction nests in this one as a savepoint.
      const needs: Need[] = []
      const inTransaction = { ...ctx, db: tx, needs, afterRollback }
      const answer = await work(inTransaction)
      await completeIdempotencyRecord(tx, id, { ...answer, needs: JSON.stringify(needs) })
      return answer
    }
    const record = await findIdempotencyRecord(tx, id)
    if (record?.requestHash !== requestHash) throw new AppError('IDEMPOTENCY_CONFLICT')
    const { requestHash: _, needs, ...answer } = record
    await authorizeAgain({ db: tx }, principal, JSON.parse(needs) as Need[])
    return answer
  })
  return once.catch(async (error: unknown) => {
    for (const record of afterRollback) await record(ctx)
    throw error
  })
}

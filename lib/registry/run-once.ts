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

/** Removes the answers that were kept long enough: some hold a secret, sealed. */
export async function sweepKeptAnswers(db: Database, now = new Date()): Promise<void> {
  const end = new Date(now.getTime() - keptMs)
  if (!(await hasIdempotencyRecordsBefore(db, end))) return
  await db.transaction((tx) => deleteIdempotencyRecordsBefore(tx, end))
}

/** `sweepKeptAnswers` by the clock. */
export const keptAnswersJob: PeriodicJob<Context> = {
  name: 'sweep of kept answers',
  intervalMs: 60_000,
  work: ({ db }) => sweepKeptAnswers(db),
}

/** An answer as it is kept. */
export type KeptAnswer = Omit<IdempotencyRecord, 'requestHash' | 'needs'>

/**
 * Runs `work` unless the request `id` was run before; then answers what it answered. The work and its answer are one
 * transaction, so there is no moment in which one is durable and the other is not: after a crash, a repetition finds
 * both or neither. `work` must use the context it is given, whose database is that transaction.
 *
 * What the use case in `work` required of the principal is kept with the answer, and required once more before the answer
 * is given a second time: it may show a secret. Throws as the use case does when the principal may no longer do it, and
 * IDEMPOTENCY_CONFLICT when `id` was another request's. What `work` throws is not kept.
 */
export async function runOnce(
  ctx: Context,
  principal: Principal,
  { id, requestHash }: { readonly id: string; readonly requestHash: string },
  work: (ctx: Context) => Promise<KeptAnswer>,
): Promise<KeptAnswer> {
  return ctx.db.transaction(async (tx) => {
    await deleteIdempotencyRecordsBefore(tx, new Date(Date.now() - keptMs))
    if (await claimIdempotencyRecord(tx, { id, requestHash })) {
      // A use case's own transaction nests in this one as a savepoint.
      const needs: Need[] = []
      const inTransaction = { ...ctx, db: tx, needs }
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
}

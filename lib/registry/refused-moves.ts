import type { Context } from '@/lib/context'
import { AppError } from '@/lib/domain/errors'
import { type TagRefusal, refusalError } from '@/lib/domain/immutability'
import type { Principal } from '@/lib/domain/principal'
import { recordRefusal } from '@/lib/metadata/ledger'
import type { NamedRepository } from '@/lib/metadata/repositories'

/** Rolls back moves of tags of which the tag rule refuses some, and lists those. */
export class RefusedMoves extends Error {
  constructor(
    readonly repository: NamedRepository,
    readonly refusals: readonly [TagRefusal, ...TagRefusal[]],
  ) {
    super('the rule refuses this move')
  }
}

/** The context of a use case that may run in a transaction of its caller. */
interface Nested extends Context {
  /** What to do when that transaction has been rolled back. Absent: the use case runs in none. */
  readonly afterRollback?: ((ctx: Context) => Promise<void>)[]
}

/**
 * Does `work`, which throws RefusedMoves in its transaction where the rule refuses a move. Then the refusals are
 * recorded after the rollback, in a transaction of their own: a refused move changes only the ledger. Throws the first
 * refusal.
 */
export async function recordingRefusals<T>(ctx: Nested, principal: Principal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof RefusedMoves)) throw error
    ctx.tagRefusals.note('refused', error.refusals)
    const record = (outside: Context) => recordRefusals(outside, principal, error)
    if (ctx.afterRollback === undefined) await record(ctx)
    else ctx.afterRollback.push(record)
    throw refusalError(error.repository.path, error.refusals[0])
  }
}

/** If recording fails, the move is still refused. */
async function recordRefusals(
  ctx: Context,
  principal: Principal,
  { repository, refusals }: RefusedMoves,
): Promise<void> {
  const now = new Date()
  try {
    await ctx.db.sqlTransaction(async (tx) => {
      for (const refusal of refusals) await recordRefusal(tx, repository, principal, refusal, now)
    })
  } catch (error) {
    const tags = refusals.map(({ tag }) => tag)
    ctx.log.error({ err: error, repository: repository.path, tags }, 'a refused push could not be recorded')
  }
}

/** Counts moves that mode `audit` let through, and returns the warning for each. */
export function noteAudited({ tagRefusals }: Pick<Context, 'tagRefusals'>, moves: readonly TagRefusal[]): string[] {
  tagRefusals.note('audited', moves)
  return moves.map(({ tag, reason }) => {
    const { message } = new AppError(reason)
    return `tag ${tag}: accepted, because this repository only audits immutability. In mode enforce it would be refused: ${message}`
  })
}

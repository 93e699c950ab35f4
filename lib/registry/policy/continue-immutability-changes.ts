import { AppError } from '@/lib/domain/errors'
import type { Principal } from '@/lib/domain/principal'
import type { PeriodicJob } from '@/lib/jobs/job'
import type { Transaction } from '@/lib/metadata/engine/database'
import { lockRow } from '@/lib/metadata/engine/locks'
import {
  type ChangeCounts,
  type ImmutabilityChangeRow,
  endImmutabilityChange,
  findImmutabilityChange,
  listRunningChanges,
  lockRunningChange,
  moveImmutabilityChange,
} from '@/lib/metadata/immutability-changes'
import { listManagedRepositories } from '@/lib/metadata/repository-listing'
import { findRepository } from '@/lib/metadata/repository-settings'
import { findUser } from '@/lib/metadata/users'
import { viewerOf } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { turns } from '@/lib/registry/give-turns'
import { changeRepository } from '@/lib/registry/repositories/update-repository'

/** How many failures a change keeps with their reasons; the others are counted. */
const keptFailuresMax = 100

/** After how long without a step a change that cannot go on ends, in milliseconds. */
const patienceMs = 15 * 60_000

/**
 * Continues every change that has not ended. Each repository is changed in one transaction together with the record of
 * how far the change is: after a crash, another process or the next start goes on exactly there. Several callers at the
 * same time share the work. Ends early when `signal` is aborted, and leaves the rest to the next time.
 */
async function continueImmutabilityChanges(ctx: Context, signal: AbortSignal): Promise<void> {
  for (const id of await listRunningChanges(ctx.db)) await continueChange(ctx, id, signal)
}

/** Goes on with changes that the end of a process or a failure of the database interrupted. */
export const immutabilityChangesJob: PeriodicJob<Context> = {
  name: 'changes of immutability',
  intervalMs: 10_000,
  also: 'at start',
  work: (ctx, _, signal) => continueImmutabilityChanges(ctx, signal),
}

/** Works on a change in the background as soon as the transaction that stores it ends. */
export function continueWhenStored(ctx: Context, { id, instanceId }: ImmutabilityChangeRow): void {
  ctx.jobs.doNow({
    ...immutabilityChangesJob,
    async work(process, _, signal) {
      // That transaction holds this lock.
      await process.db.transaction((tx) => lockRow(tx, 'Instance', instanceId))
      await continueChange(process, id, signal)
    },
  })
}

async function continueChange(ctx: Context, id: string, signal: AbortSignal): Promise<void> {
  const giveTurn = turns()
  try {
    while (!signal.aborted && (await changeNext(ctx, id))) await giveTurn()
  } catch (error) {
    const change = await findImmutabilityChange(ctx.db, id)
    if (change !== null && Date.now() - change.movedAt.getTime() > patienceMs) {
      await endImmutabilityChange(ctx.db, id, {
        endedAt: new Date(),
        failure: 'the database has not let it go on for 15 minutes; what it changed stays changed',
      })
    }
    throw error
  }
}

/** Changes the next repository, and records it. Returns false when the change has ended. */
async function changeNext(ctx: Context, id: string): Promise<boolean> {
  return ctx.db.transaction(async (tx) => {
    const change = await lockRunningChange(tx, id)
    if (change === null) return false
    const principal = await findActor(tx, change)
    if (principal === null) {
      const failure = 'the user who started it was disabled or deleted; what it changed stays changed'
      await endImmutabilityChange(tx, id, { endedAt: new Date(), failure })
      return false
    }
    const next = await findNext(tx, principal, change)
    if (next === null) {
      await endImmutabilityChange(tx, id, { endedAt: new Date(), failure: null })
      return false
    }
    const outcome = await changeOne({ ...ctx, db: tx }, principal, change, next.id)
    const { counts, failures } = change
    await moveImmutabilityChange(tx, id, {
      counts: { ...counts, [outcome.count]: counts[outcome.count] + 1 },
      failures:
        outcome.code === undefined || failures.length >= keptFailuresMax
          ? failures
          : [...failures, { repositoryId: next.id, code: outcome.code }],
      position: next.position,
      movedAt: new Date(),
    })
    return true
  })
}

/** The user who started the change, with the present role; null when that user may not log on any more. */
async function findActor(
  tx: Transaction,
  { actorId, credential, address, userAgent }: ImmutabilityChangeRow,
): Promise<Principal | null> {
  const user = await findUser(tx, actorId)
  if (user === null || user.isDisabled) return null
  return { kind: 'user', id: user.id, name: user.name, role: user.role, credential, token: null, address, userAgent }
}

async function findNext(
  tx: Transaction,
  principal: Principal,
  { instanceId, selection, position, startedAt }: ImmutabilityChangeRow,
): Promise<{ readonly id: string; readonly position: string } | null> {
  if (selection.filter === undefined) {
    const after = selection.repositoryIds.filter((id) => id > position).sort()
    return after[0] === undefined ? null : { id: after[0], position: after[0] }
  }
  const [next] = await listManagedRepositories(
    tx,
    { ...selection.filter, instanceId, viewer: viewerOf(principal) },
    { last: position, limit: 1, createdUntil: startedAt },
  )
  return next === undefined ? null : { id: next.id, position: next.path }
}

interface Outcome {
  readonly count: Exclude<keyof ChangeCounts, 'total'>
  /** Why it failed. */
  readonly code?: string
}

/** Changes a repository, or says why not. Throws when the database does not work, for a later try. */
async function changeOne(
  ctx: Context & { readonly db: Transaction },
  principal: Principal,
  { id, instanceId, policy, reason }: ImmutabilityChangeRow,
  repositoryId: string,
): Promise<Outcome> {
  const repository = await findRepository(ctx.db, repositoryId)
  if (repository?.instanceId !== instanceId) return { count: 'failed', code: 'NOT_FOUND' }
  const changes = { immutability: policy, reason: reason ?? undefined }
  try {
    const { isChanged } = await changeRepository(ctx, principal, repositoryId, changes, null)
    return { count: isChanged ? 'changed' : 'unchanged' }
  } catch (thrown) {
    const error = AppError.from(thrown)
    if (error.status >= 500 && error.code !== 'INTERNAL') throw error
    if (error.code === 'INTERNAL') {
      ctx.log.error({ err: error.cause ?? error, change: id, repositoryId }, 'a repository could not be changed')
    }
    return { count: 'failed', code: error.code }
  }
}

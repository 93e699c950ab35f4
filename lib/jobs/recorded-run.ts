import { randomUUID } from 'node:crypto'
import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { holdLease, releaseLease } from '@/lib/metadata/engine/leases'
import {
  type MaintenanceKind,
  type MaintenanceRunRow,
  type RunCounts,
  type RunOptions,
  endRun,
  failRunning,
  findRun,
  insertRun,
  updateRunCounts,
} from '@/lib/metadata/maintenance-runs'
import type { JobContext, RecordedJob } from './job'

/** How long a lease lasts without renewal, in milliseconds: a dead process's run blocks other runs for this time. */
const leaseMs = 30_000

/** How often a lease is renewed, in milliseconds. */
const renewalMs = 10_000

/** Minimum time between two writes of a run's counts, in milliseconds. */
const countingMs = 1_000

const abandoned = 'its process ended'

/** A run to start. */
export interface NewRun<Options extends RunOptions> {
  readonly options: Options
  /** The principal that asked for it, which is audited, or the schedule, which is not. */
  readonly startedBy: Principal | 'schedule'
}

/** A recorded run and the holder of its lease. */
export interface RecordedRun {
  readonly row: MaintenanceRunRow
  readonly holder: string
}

/** Records a run of a job in `db`, which may be a transaction. Throws ALREADY_RUNNING. */
export async function recordRun<Options extends RunOptions>(
  db: JobContext['db'],
  kind: MaintenanceKind,
  { options, startedBy }: NewRun<Options>,
): Promise<RecordedRun> {
  const holder = randomUUID()
  const row = await db.transaction(async (tx) => {
    const startedAt = new Date()
    if (!(await holdLease(tx, leaseOf(kind, holder)))) throw new AppError('ALREADY_RUNNING')
    await failRunning(tx, kind, { endedAt: startedAt, failure: abandoned })
    const name = startedBy === 'schedule' ? startedBy : startedBy.name
    const run = await insertRun(tx, { kind, options, startedBy: name, startedAt })
    if (startedBy !== 'schedule') {
      const target = { type: kind, id: String(run.id), name: '' }
      await insertAuditEvent(tx, startedBy, { action: 'START', target, before: null, after: options })
    }
    return run
  })
  return { row, holder }
}

/** Marks runs that no process works on any more as failed. */
export async function failAbandonedRuns({ db }: JobContext, kind: MaintenanceKind): Promise<void> {
  const holder = randomUUID()
  await db.transaction(async (tx) => {
    const now = new Date()
    if (!(await holdLease(tx, leaseOf(kind, holder)))) return
    await failRunning(tx, kind, { endedAt: now, failure: abandoned })
    await releaseLease(tx, { name: kind, holder })
  })
}

/**
 * Does the work of a run and records how it ended. Waits for the transaction that recorded the run, and does nothing if
 * it was rolled back. Never rejects.
 */
export async function executeRun<C extends JobContext>(
  ctx: C,
  job: RecordedJob<C>,
  { row, holder }: RecordedRun,
  abort: AbortController,
): Promise<void> {
  const { id, kind } = row
  let timer: NodeJS.Timeout | undefined
  try {
    if (!(await holdLease(ctx.db, leaseOf(kind, holder)))) return
    if ((await findRun(ctx.db, kind, id)) === null) return
    timer = setInterval(() => void renew(ctx, kind, holder, abort), renewalMs)
    const failure = await runWork(ctx, job, row, abort.signal)
    await endRun(ctx.db, id, { endedAt: new Date(), failure })
  } catch (err) {
    ctx.log.error({ err, run: id, kind }, 'the end of a maintenance run could not be recorded')
  } finally {
    clearInterval(timer)
    await releaseLease(ctx.db, { name: kind, holder }).catch((err: unknown) => {
      ctx.log.warn({ err, kind }, 'a maintenance lease could not be given back; it will expire')
    })
  }
}

/** Does the work and returns why it failed, or null. */
async function runWork<C extends JobContext>(
  ctx: C,
  job: RecordedJob<C>,
  { id, kind, options, startedBy, startedAt }: MaintenanceRunRow,
  signal: AbortSignal,
): Promise<string | null> {
  const counter = new Counter(job.counts.parse({}), (counts) => updateRunCounts(ctx.db, id, counts), signal)
  let failure: string | null = null
  try {
    signal.throwIfAborted()
    const isScheduled = startedBy === 'schedule'
    await job.work(ctx, options, { id, signal, isScheduled, count: (more) => counter.add(more) })
  } catch (thrown) {
    // After an abort, any error may be thrown; the signal's reason says why the run ended.
    const error = AppError.from(signal.aborted ? signal.reason : thrown)
    failure = error.code === 'INTERNAL' ? 'an unexpected error: the log has it' : error.message
    ctx.log.error({ err: error.cause ?? error, run: id, kind }, 'a maintenance run failed')
  }
  await counter.flush()
  const durationMs = Date.now() - startedAt.getTime()
  ctx.log.info({ run: id, kind, ...options, durationMs, failure, ...counter.counts }, 'a maintenance run has ended')
  return failure
}

async function renew(
  { db, log }: JobContext,
  kind: MaintenanceKind,
  holder: string,
  abort: AbortController,
): Promise<void> {
  try {
    if (await holdLease(db, leaseOf(kind, holder))) return
    abort.abort(new AppError('UNAVAILABLE', { message: 'another process has taken over' }))
  } catch (err) {
    // The next renewal may be in time. If the lease expires, another process may start a run: two runs at once do the
    // work twice but no harm.
    log.warn({ err, kind }, 'a maintenance lease could not be renewed')
  }
}

function leaseOf(kind: MaintenanceKind, holder: string) {
  return { name: kind, holder, forMs: leaseMs }
}

/** Adds up a run's counts and stores them from time to time. */
class Counter {
  readonly counts: Record<string, number>
  #writtenAt = performance.now()

  constructor(
    zero: RunCounts,
    private readonly write: (counts: RunCounts) => Promise<void>,
    private readonly signal: AbortSignal,
  ) {
    this.counts = { ...zero }
  }

  async add(more: Partial<RunCounts>): Promise<void> {
    for (const [name, count = 0] of Object.entries(more)) this.counts[name] = (this.counts[name] ?? 0) + count
    if (performance.now() - this.#writtenAt >= countingMs) await this.flush()
    this.signal.throwIfAborted()
  }

  async flush(): Promise<void> {
    this.#writtenAt = performance.now()
    await this.write(this.counts)
  }
}

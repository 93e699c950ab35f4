import { randomUUID } from 'node:crypto'
import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { holdLease, releaseLease } from '@/lib/metadata/engine/leases'
import {
  type MaintenanceCounts,
  type MaintenanceKind,
  type MaintenanceRunRow,
  endRun,
  failRunning,
  findRun,
  insertRun,
  updateRunCounts,
} from '@/lib/metadata/maintenance-runs'
import type { Context } from '@/lib/context'

/** How long a lease lasts that its holder does not renew: so long a dead process's run keeps others from starting. */
const leaseMs = 30_000

/** How often it is renewed, in milliseconds. */
const renewalMs = 10_000

/** How often at most the counts of a run are written down, in milliseconds. */
const countingMs = 1_000

const abandoned = 'its process ended'

/** A run, as the work in it sees it. */
export interface Run {
  /** Aborted when the server stops or another process has taken over. */
  readonly signal: AbortSignal
  /** Adds to the counts. Throws when the run is to end. */
  readonly count: (more: Partial<MaintenanceCounts>) => Promise<void>
}

/** A run to start. */
export interface NewRun {
  readonly kind: MaintenanceKind
  readonly isDryRun: boolean
  readonly graceSeconds: number | null
  /** Who asked for it: that is audited; what the schedule starts is not. */
  readonly startedBy: Principal | 'schedule'
}

// On `globalThis`, because the server's bundle, which stops them, and Next's, which also starts them, are two copies of
// this module in one process.
const key = Symbol.for('stele.maintenance')
const shared = globalThis as { [key]?: Set<RunningRun> | undefined }
const running = (shared[key] ??= new Set())

/** A run of this process. */
interface RunningRun {
  readonly abort: AbortController
  readonly ended: Promise<void>
}

/**
 * Records a run and starts `work` in the background; of all processes over the database, one runs a kind at a time.
 * Throws ALREADY_RUNNING. The record is made in `ctx`, which may be a transaction that has not ended: `background` is the
 * process's context, in which the work waits for that end, and is given up where there is no record then.
 */
export async function startRun(
  ctx: Context,
  background: Context,
  newRun: NewRun,
  work: (run: Run) => Promise<void>,
): Promise<MaintenanceRunRow> {
  const holder = randomUUID()
  const row = await ctx.db.transaction(async (tx) => {
    const now = new Date()
    if (!(await holdLease(tx, leaseOf(newRun.kind, holder, now)))) throw new AppError('ALREADY_RUNNING')
    await failRunning(tx, newRun.kind, { endedAt: now, failure: abandoned })
    const { startedBy, ...options } = newRun
    if (startedBy === 'schedule') return insertRun(tx, { ...options, startedBy, startedAt: now })
    const run = await insertRun(tx, { ...options, startedBy: startedBy.name, startedAt: now })
    const { isDryRun, graceSeconds } = run
    await insertAuditEvent(tx, startedBy, {
      action: 'START',
      target: { type: run.kind, id: String(run.id), name: '' },
      before: null,
      after: graceSeconds === null ? {} : { isDryRun, graceSeconds },
    })
    return run
  })
  const abort = new AbortController()
  const entry = { abort, ended: execute(background, row, holder, abort, work) }
  running.add(entry)
  void entry.ended.then(() => running.delete(entry))
  return row
}

/** Ends all runs of this process, and waits until they have ended. */
export async function stopRuns(): Promise<void> {
  for (const { abort } of running) abort.abort(new AppError('UNAVAILABLE', { message: 'the server was stopped' }))
  await waitForRuns()
}

/** Waits until every run of this process has ended. */
export async function waitForRuns(): Promise<void> {
  await Promise.all([...running].map(({ ended }) => ended))
}

/** Records of runs that no process works on any more that they failed. */
export async function failAbandonedRuns(ctx: Context, kind: MaintenanceKind): Promise<void> {
  const holder = randomUUID()
  await ctx.db.transaction(async (tx) => {
    const now = new Date()
    if (!(await holdLease(tx, leaseOf(kind, holder, now)))) return
    await failRunning(tx, kind, { endedAt: now, failure: abandoned })
    await releaseLease(tx, { name: kind, holder })
  })
}

/** Works, and records how it ended. Never rejects. */
async function execute(
  ctx: Context,
  row: MaintenanceRunRow,
  holder: string,
  abort: AbortController,
  work: (run: Run) => Promise<void>,
): Promise<void> {
  const { id, kind } = row
  let timer: NodeJS.Timeout | undefined
  try {
    // Waits for the transaction that has recorded the run, if it has not ended.
    if (!(await holdLease(ctx.db, leaseOf(kind, holder)))) return
    if ((await findRun(ctx.db, kind, id)) === null) return
    timer = setInterval(() => void renew(ctx, kind, holder, abort), renewalMs)
    const failure = await runWork(ctx, row, abort.signal, work)
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

/** Answers why the work failed, or null. */
async function runWork(
  ctx: Context,
  { id, kind, isDryRun, startedAt }: MaintenanceRunRow,
  signal: AbortSignal,
  work: (run: Run) => Promise<void>,
): Promise<string | null> {
  const counter = new Counter((counts) => updateRunCounts(ctx.db, id, counts), signal)
  let failure: string | null = null
  try {
    signal.throwIfAborted()
    await work({ signal, count: (more) => counter.add(more) })
  } catch (thrown) {
    // What ended an abort may be anything that noticed it; the reason says why.
    const error = AppError.from(signal.aborted ? signal.reason : thrown)
    failure = error.code === 'INTERNAL' ? 'an unexpected error: the log has it' : error.message
    ctx.log.error({ err: error.cause ?? error, run: id, kind }, 'a maintenance run failed')
  }
  await counter.flush()
  const counts = Object.fromEntries(Object.entries(counter.counts).map(([name, count]) => [name, Number(count)]))
  const durationMs = Date.now() - startedAt.getTime()
  ctx.log.info({ run: id, kind, isDryRun, durationMs, failure, ...counts }, 'a maintenance run has ended')
  return failure
}

async function renew(ctx: Context, kind: MaintenanceKind, holder: string, abort: AbortController): Promise<void> {
  try {
    if (await holdLease(ctx.db, leaseOf(kind, holder))) return
    abort.abort(new AppError('UNAVAILABLE', { message: 'another process has taken over' }))
  } catch (err) {
    // The next renewal may come in time. When the lease expires, another process may start a run: two at once do twice
    // the work and no harm.
    ctx.log.warn({ err, kind }, 'a maintenance lease could not be renewed')
  }
}

function leaseOf(kind: MaintenanceKind, holder: string, now = new Date()) {
  return { name: kind, holder, now, expiresAt: new Date(now.getTime() + leaseMs) }
}

/** Adds up what a run does, and writes it down now and then. */
class Counter {
  readonly counts: { -readonly [Name in keyof MaintenanceCounts]: MaintenanceCounts[Name] } = {
    examinedBlobs: 0,
    examinedBytes: 0n,
    removedLinks: 0,
    removedBlobs: 0,
    removedBytes: 0n,
    removedUploads: 0,
    corruptBlobs: 0,
    corruptManifests: 0,
  }
  #writtenAt = performance.now()

  constructor(
    private readonly write: (counts: MaintenanceCounts) => Promise<void>,
    private readonly signal: AbortSignal,
  ) {}

  async add(more: Partial<MaintenanceCounts>): Promise<void> {
    const { counts } = this
    counts.examinedBlobs += more.examinedBlobs ?? 0
    counts.examinedBytes += more.examinedBytes ?? 0n
    counts.removedLinks += more.removedLinks ?? 0
    counts.removedBlobs += more.removedBlobs ?? 0
    counts.removedBytes += more.removedBytes ?? 0n
    counts.removedUploads += more.removedUploads ?? 0
    counts.corruptBlobs += more.corruptBlobs ?? 0
    counts.corruptManifests += more.corruptManifests ?? 0
    if (performance.now() - this.#writtenAt >= countingMs) await this.flush()
    this.signal.throwIfAborted()
  }

  async flush(): Promise<void> {
    this.#writtenAt = performance.now()
    await this.write(this.counts)
  }
}

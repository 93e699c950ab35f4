import { AppError } from '@/lib/domain/errors'
import { type MaintenanceRunRow, type RunCounts, type RunOptions, findLastRun } from '@/lib/metadata/maintenance-runs'
import type { Job, JobContext, PeriodicJob, RecordedJob } from './job'
import { type NewRun, executeRun, failAbandonedRuns, recordRun } from './recorded-run'

/** How often the host checks whether a recorded job is due, in milliseconds. */
const dueCheckMs = 60_000

/** Wait before a failed run is retried, unless the job's interval is shorter, in milliseconds. */
const retryMs = 3_600_000

/** A run of this process. */
interface RunningRun {
  readonly abort: AbortController
  readonly ended: Promise<void>
}

/** A periodic job that was scheduled. */
interface Ticking<C extends JobContext> {
  readonly job: PeriodicJob<C>
  readonly timer: NodeJS.Timeout
  /** Resolves when the work that was started last has ended. */
  last: Promise<void>
}

/**
 * Runs a process's background work, scheduled or on demand, and stops all of it. `context` returns the process's own
 * context for the work; it is called when there is work.
 */
export class JobHost<C extends JobContext> {
  readonly #context: () => C
  readonly #running = new Set<RunningRun>()
  readonly #stopping = new AbortController()
  #ticking: Ticking<C>[] = []

  constructor(context: () => C) {
    this.#context = context
  }

  /** Runs these jobs on schedule until `stop`. Any number of processes on the same database may do so. */
  schedule(jobs: readonly Job<C>[]): void {
    this.#ticking.push(...jobs.map((job) => this.#tick('kind' in job ? this.#whenDue(job) : job)))
  }

  /**
   * Records a run of a job and starts it in the background. `ctx.db` may be an open transaction: the work waits for it
   * to end, and is dropped if it was rolled back. Throws ALREADY_RUNNING.
   */
  async start<Counts extends RunCounts, Options extends RunOptions>(
    ctx: Pick<C, 'db'>,
    job: RecordedJob<C, Counts, Options>,
    newRun: NewRun<Options>,
  ): Promise<MaintenanceRunRow> {
    const recorded = await recordRun(ctx.db, job.kind, newRun)
    const abort = new AbortController()
    const run = { abort, ended: executeRun(this.#context(), job, recorded, abort) }
    this.#running.add(run)
    void run.ended.then(() => this.#running.delete(run))
    return recorded.row
  }

  /** Starts a job if it is due, and marks runs whose process died as failed. */
  async startIfDue(job: RecordedJob<C>, now = new Date()): Promise<void> {
    const ctx = this.#context()
    let last = await findLastRun(ctx.db, job.kind)
    if (last?.state === 'RUNNING') {
      await failAbandonedRuns(ctx, job.kind)
      last = await findLastRun(ctx.db, job.kind)
    }
    const intervalMs = job.intervalMs(ctx)
    if (intervalMs === 0 || last?.state === 'RUNNING') return
    const wait = last?.state === 'FAILED' ? Math.min(intervalMs, retryMs) : intervalMs
    if (last !== null && now.getTime() - last.startedAt.getTime() < wait) return
    try {
      await this.start(ctx, job, { startedBy: 'schedule', options: job.defaultOptions(ctx) })
    } catch (error) {
      if (!AppError.is(error) || error.code !== 'ALREADY_RUNNING') throw error
    }
  }

  /** Waits until every run of this process has ended. */
  async settled(): Promise<void> {
    await Promise.all([...this.#running].map(({ ended }) => ended))
  }

  /** Does a periodic job now, in the background, besides its schedule. */
  doNow(job: PeriodicJob<C>): void {
    const run = { abort: this.#stopping, ended: this.#do(job, false) }
    this.#running.add(run)
    void run.ended.then(() => this.#running.delete(run))
  }

  /**
   * Stops the schedule and every run of this process, also those on demand; resolves when they and the `at stop` jobs
   * have ended. Never rejects.
   */
  async stop(): Promise<void> {
    const ticking = this.#ticking
    this.#ticking = []
    this.#stopping.abort(stopped())
    for (const { timer } of ticking) clearInterval(timer)
    await Promise.all(ticking.map(({ last }) => last))
    for (const { abort } of this.#running) abort.abort(stopped())
    await this.settled()
    const atStop = ticking.filter(({ job }) => job.also === 'at stop')
    await Promise.all(atStop.map(({ job }) => this.#do(job, true)))
  }

  #tick(job: PeriodicJob<C>): Ticking<C> {
    const timer = setInterval(() => {
      ticking.last = ticking.last.then(() => this.#do(job, false))
    }, job.intervalMs)
    timer.unref()
    const ticking = { job, timer, last: job.also === 'at start' ? this.#do(job, false) : Promise.resolve() }
    return ticking
  }

  #whenDue(job: RecordedJob<C>): PeriodicJob<C> {
    return { name: `due ${job.kind}`, intervalMs: dueCheckMs, work: () => this.startIfDue(job) }
  }

  /** Runs a job. Never rejects: the next run may succeed. */
  async #do(job: PeriodicJob<C>, isLast: boolean): Promise<void> {
    const ctx = this.#context()
    try {
      await job.work(ctx, isLast, this.#stopping.signal)
    } catch (err) {
      ctx.log.error({ err, job: job.name }, 'a job in the background failed')
    }
  }
}

/** The error of work that the stop of the server ends. */
function stopped(): AppError {
  return new AppError('UNAVAILABLE', { message: 'the server was stopped' })
}

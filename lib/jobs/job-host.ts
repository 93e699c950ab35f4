import { AppError } from '@/lib/domain/errors'
import { type MaintenanceRunRow, type RunCounts, type RunOptions, findLastRun } from '@/lib/metadata/maintenance-runs'
import type { Job, JobContext, PeriodicJob, RecordedJob } from './job'
import { type NewRun, executeRun, failAbandonedRuns, recordRun } from './recorded-run'

/** How often it is looked whether a recorded job is due, in milliseconds. */
const dueCheckMs = 60_000

/** After how long a failed run is tried again, where its interval is not shorter, in milliseconds. */
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
  /** The work that was begun last; resolves when it has ended. */
  last: Promise<void>
}

/**
 * The background work of a process: does what is scheduled, runs what is asked for, and stops all of it. `context` is the
 * process's own, in which the work is done; it is asked for when there is work.
 */
export class JobHost<C extends JobContext> {
  readonly #context: () => C
  readonly #running = new Set<RunningRun>()
  #ticking: Ticking<C>[] = []

  constructor(context: () => C) {
    this.#context = context
  }

  /** Does these jobs by the clock until `stop`. Any number of processes over the database may do so. */
  schedule(jobs: readonly Job<C>[]): void {
    this.#ticking.push(...jobs.map((job) => this.#tick('kind' in job ? this.#whenDue(job) : job)))
  }

  /**
   * Records a run of a job and starts it in the background. The record is made in the database of `ctx`, which may be a
   * transaction that has not ended: the work waits for that end, and is given up where there is no record then. Throws
   * ALREADY_RUNNING.
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

  /** Starts a job if it is due, and records of runs whose process died that they failed. */
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

  /**
   * Ends the schedule and every run of this process, also those that were asked for; resolves when they have ended, and
   * what is done `at stop` is done. Never rejects.
   */
  async stop(): Promise<void> {
    const ticking = this.#ticking
    this.#ticking = []
    for (const { timer } of ticking) clearInterval(timer)
    await Promise.all(ticking.map(({ last }) => last))
    for (const { abort } of this.#running)
      abort.abort(new AppError('UNAVAILABLE', { message: 'the server was stopped' }))
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

  /** Never rejects: the next time may be better. */
  async #do(job: PeriodicJob<C>, isLast: boolean): Promise<void> {
    const ctx = this.#context()
    try {
      await job.work(ctx, isLast)
    } catch (err) {
      ctx.log.error({ err, job: job.name }, 'a job in the background failed')
    }
  }
}

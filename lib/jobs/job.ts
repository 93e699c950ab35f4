import type { z } from 'zod'
import type { Logger } from '@/lib/log'
import type { Database } from '@/lib/metadata/engine/database'
import type { MaintenanceKind, RunCounts, RunOptions } from '@/lib/metadata/maintenance-runs'

/** The part of the jobs' context that the host needs. */
export interface JobContext {
  readonly db: Database
  readonly log: Logger
}

/** Work that each process does periodically and that leaves no record. */
export interface PeriodicJob<C extends JobContext> {
  /** For the log. */
  readonly name: string
  readonly intervalMs: number
  /** An additional run: once when the server starts, or once when it stops, after everything else. */
  readonly also?: 'at start' | 'at stop'
  /**
   * `isLast`: the server is stopping. An error is logged and has no other effect. `signal` is aborted when the server
   * stops: work that takes long leaves the rest to the next time.
   */
  readonly work: (ctx: C, isLast: boolean, signal: AbortSignal) => Promise<void>
}

/**
 * Work whose runs are recorded. Only one of the processes on a database runs a kind at a time. The functions use method
 * syntax so that jobs with different counts and options fit into one list.
 */
export interface RecordedJob<
  C extends JobContext,
  Counts extends RunCounts = RunCounts,
  Options extends RunOptions = RunOptions,
> {
  readonly kind: MaintenanceKind
  /** Schema of the stored counts. `{}` must parse to a run that did nothing: each count defaults to zero. */
  readonly counts: z.ZodType<Counts>
  /** Returns how often the schedule starts it, in milliseconds; 0: never. */
  intervalMs(ctx: C): number
  /** Returns the options of a scheduled run, and the defaults for other runs. */
  defaultOptions(ctx: C): Options
  /** Does the work of one run. An AppError's message becomes the run's failure. Every error is logged. */
  work(ctx: C, options: Options, run: Run<Counts>): Promise<void>
}

/** A job of either form. */
export type Job<C extends JobContext> = PeriodicJob<C> | RecordedJob<C>

/** A run as its job's work sees it. */
export interface Run<Counts extends RunCounts> {
  /** Of its record. */
  readonly id: number
  /** Aborted when the server stops or another process has taken over. */
  readonly signal: AbortSignal
  /** Whether the schedule started it, not a principal. */
  readonly isScheduled: boolean
  /** Adds to the counts. Throws when the run must end. */
  readonly count: (more: Partial<Counts>) => Promise<void>
}

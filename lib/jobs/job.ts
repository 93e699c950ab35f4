import type { z } from 'zod'
import type { Logger } from '@/lib/log'
import type { Database } from '@/lib/metadata/engine/database'
import type { MaintenanceKind, RunCounts, RunOptions } from '@/lib/metadata/maintenance-runs'

/** What the host needs of the context that its jobs work in. */
export interface JobContext {
  readonly db: Database
  readonly log: Logger
}

/** Work that each process does for itself every so often, and that leaves no record. */
export interface PeriodicJob<C extends JobContext> {
  /** For the log. */
  readonly name: string
  readonly intervalMs: number
  /** When it is done besides: once when the server starts, or once more when it stops, after everything else. */
  readonly also?: 'at start' | 'at stop'
  /** `isLast`: the server stops. What it throws is logged, and costs nothing else. */
  readonly work: (ctx: C, isLast: boolean) => Promise<void>
}

/**
 * Work whose runs are recorded. Of all processes over the database, one runs a kind at a time. Methods are written as
 * such so that jobs with counts and options of their own fit into one list.
 */
export interface RecordedJob<
  C extends JobContext,
  Counts extends RunCounts = RunCounts,
  Options extends RunOptions = RunOptions,
> {
  readonly kind: MaintenanceKind
  /** Of the counts as stored. What it makes of `{}` is nothing done: each count has zero for its default. */
  readonly counts: z.ZodType<Counts>
  /** How often it is started by the clock, in milliseconds; 0: never. */
  intervalMs(ctx: C): number
  /** Options of a run that is started by the clock, and of others what they do not say. */
  defaultOptions(ctx: C): Options
  /** Does the work of one run. What it throws is why the run failed: an AppError in its words, anything else is logged. */
  work(ctx: C, options: Options, run: Run<Counts>): Promise<void>
}

/** A job of either form. */
export type Job<C extends JobContext> = PeriodicJob<C> | RecordedJob<C>

/** A run, as the work in it sees it. */
export interface Run<Counts extends RunCounts> {
  /** Aborted when the server stops or another process has taken over. */
  readonly signal: AbortSignal
  /** Whether the clock started it, and not a person. */
  readonly isScheduled: boolean
  /** Adds to the counts. Throws when the run is to end. */
  readonly count: (more: Partial<Counts>) => Promise<void>
}

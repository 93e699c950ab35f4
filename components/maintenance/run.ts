import type { Run } from '../queries/maintenance'

/** How long a run took, or has taken at `nowMs`. The browser's clock may be behind the server's: never less than 0. */
export function durationMsOf({ startedAt, endedAt }: Run, nowMs: number): number {
  return Math.max(0, (endedAt === null ? nowMs : Date.parse(endedAt)) - Date.parse(startedAt))
}

/** When the schedule starts a run again: `soon` is within minutes, `retry` within an hour of the last one. */
export type NextRun = { kind: 'never' | 'soon' | 'retry' } | { kind: 'at'; time: string }

/**
 * When the schedule starts the next run, after the last one that was no dry run (null: there was none yet). An interval
 * of 0 is no schedule.
 */
export function nextRunAfter(last: Run | null, intervalHours: number, nowMs: number): NextRun {
  if (intervalHours === 0) return { kind: 'never' }
  if (last === null) return { kind: 'soon' }
  if (last.state === 'FAILED') return { kind: 'retry' }
  const timeMs = Date.parse(last.startedAt) + intervalHours * 3_600_000
  return timeMs <= nowMs ? { kind: 'soon' } : { kind: 'at', time: new Date(timeMs).toISOString() }
}

/** A day of UTC: `2026-11-29`. The order of texts is that of time. */
export type Day = string

const dayMs = 24 * 3_600_000

/** Most days that figures are kept for; older ones are removed. */
export const keptDays = 400

/** The day of a time. */
export function dayOf(time: Date): Day {
  return time.toISOString().slice(0, 10)
}

/** The last `count` days up to that of `now`, the oldest first. */
export function lastDays(count: number, now: Date): Day[] {
  return Array.from({ length: count }, (_, index) => dayOf(new Date(now.getTime() - (count - 1 - index) * dayMs)))
}

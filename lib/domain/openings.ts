/**
 * Openings (break-glass): a time in which a protected tag can be overwritten. docs/decisions/0024-openings.md says how
 * it ends in spite of crashes and clocks that jump.
 */

/** How an opening ended: by a person, because its time was over, or because a clock went back. */
export const openingEnds = ['HAND', 'TIME', 'CLOCK'] as const

/** How an opening ended. */
export type OpeningEnd = (typeof openingEnds)[number]

/** Longest opening, in minutes. */
export const openingMinutesMax = 24 * 60

/**
 * By how much the clocks of two servers may differ, in milliseconds. A time that is more than this before one that a
 * server has seen comes from a clock that went back.
 */
export const clockToleranceMs = 30_000

/** The times of an opening that nobody has closed. */
export interface OpeningTimes {
  readonly closesAt: Date
  /** The latest time that a server has seen while it was open; at first, when it was opened. */
  readonly seenAt: Date
}

/** When and how an opening ended by itself, as a server sees it whose clock shows `now`; null while it is open. */
export function endOfOpening(
  { closesAt, seenAt }: OpeningTimes,
  now: Date,
): { readonly at: Date; readonly how: 'TIME' | 'CLOCK' } | null {
  if (now >= closesAt || seenAt >= closesAt) return { at: closesAt, how: 'TIME' }
  if (now.getTime() < seenAt.getTime() - clockToleranceMs) return { at: seenAt, how: 'CLOCK' }
  return null
}

/**
 * The latest time that a process has seen of each opening. It never goes back and never stands still, whatever the
 * clock of the machine does: it goes on by a clock that nobody can set.
 *
 * One for each opening, not one for all: after a clock was an hour ahead and was set right, new openings are not
 * behind.
 */
export class SeenTimes {
  readonly #monotonic: () => number
  #seen = new Map<string, { readonly time: number; readonly at: number }>()

  /** `monotonic` is in milliseconds. */
  constructor(monotonic = () => performance.now()) {
    this.#monotonic = monotonic
  }

  /**
   * The latest time by opening: what is stored (`seenAt`), what the machine shows (`now`), or what this process has
   * seen before and the time that has passed since. Forgets the openings that are not among these.
   */
  next(openings: readonly { readonly id: string; readonly seenAt: Date }[], now: Date): ReadonlyMap<string, Date> {
    const at = this.#monotonic()
    const latest = openings.map(({ id, seenAt }) => {
      const before = this.#seen.get(id)
      const passed = before === undefined ? 0 : before.time + (at - before.at)
      return [id, Math.max(seenAt.getTime(), now.getTime(), passed)] as const
    })
    this.#seen = new Map(latest.map(([id, time]) => [id, { time, at }]))
    return new Map(latest.map(([id, time]) => [id, new Date(time)]))
  }
}

/** After how many days a robot can be made to expire; 0: never. */
export const daysOffered = [30, 90, 365, 0] as const

const dayMs = 24 * 60 * 60 * 1000

/** The time so many days from now; null for 0, which is never. */
export function expiryAfter(days: number): string | null {
  return days === 0 ? null : new Date(Date.now() + days * dayMs).toISOString()
}

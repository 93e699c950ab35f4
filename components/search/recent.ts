import { z } from 'zod'

/** Most pages that are remembered. */
const recentMax = 8

/** A page that was visited. */
export interface RecentPage {
  readonly kind: 'tag' | 'repository'
  readonly text: string
  readonly where: string
  readonly href: string
}

const stored = z.array(
  z.object({
    kind: z.enum(['tag', 'repository']),
    text: z.string().max(300),
    where: z.string().max(300),
    // A path of this console: another program of this origin may have written here.
    href: z
      .string()
      .max(2000)
      .regex(/^\/(?!\/)/),
  }),
)

/** In this browser, apart for each user: another one must not read where they were. */
const keyOf = (userId: string) => `stele-recent-${userId}`

/** The pages that a user visited last, the last one first. */
export function readRecent(userId: string): readonly RecentPage[] {
  try {
    return stored.parse(JSON.parse(localStorage.getItem(keyOf(userId)) ?? '[]')).slice(0, recentMax)
  } catch {
    return []
  }
}

/** Remembers that a user visits a page. Where the browser keeps nothing, nothing is remembered. */
export function rememberRecent(userId: string, page: RecentPage): void {
  const others = readRecent(userId).filter(({ href }) => href !== page.href)
  try {
    localStorage.setItem(keyOf(userId), JSON.stringify([page, ...others].slice(0, recentMax)))
  } catch {
    // It is full, or turned off.
  }
}

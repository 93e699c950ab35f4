/** Most pages that are remembered. */
const recentMax = 8

/** A page that was visited. */
export interface RecentPage {
  readonly kind: 'tag' | 'repository'
  readonly text: string
  readonly where: string
  readonly href: string
}

/** Another program of this origin may have written here: an address must be a path of this console. */
function isRecentPage(stored: unknown): stored is RecentPage {
  if (typeof stored !== 'object' || stored === null) return false
  const { kind, text, where, href } = stored as Partial<Record<keyof RecentPage, unknown>>
  return (
    (kind === 'tag' || kind === 'repository') &&
    isText(text, 300) &&
    isText(where, 300) &&
    isText(href, 2000) &&
    /^\/(?!\/)/.test(href)
  )
}

function isText(value: unknown, max: number): value is string {
  return typeof value === 'string' && value.length <= max
}

/** In this browser, apart for each user: another one must not read where they were. */
const keyOf = (userId: string) => `stele-recent-${userId}`

/** The pages that a user visited last, the last one first. */
export function readRecent(userId: string): readonly RecentPage[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(keyOf(userId)) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isRecentPage).slice(0, recentMax) : []
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

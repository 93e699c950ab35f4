/** Any origin will do: it shows whether an address leaves the one it is resolved against. */
const base = 'http://stele.invalid'

/**
 * Where the log-on page may send a person: `next` when it is a path of this console, else `/`. Whatever leads to
 * another origin, by whichever spelling (`//host`, `/\host`, `javascript:`), is none.
 */
export function nextPath(next: string | undefined): string {
  if (next === undefined || !next.startsWith('/') || !URL.canParse(next, base)) return '/'
  const url = new URL(next, base)
  // A path of two slashes would be another host once it stands alone.
  if (url.origin !== base || url.pathname.startsWith('//') || url.pathname === '/login') return '/'
  return url.pathname + url.search
}

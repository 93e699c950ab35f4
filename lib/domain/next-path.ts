/** Any origin works: paths are resolved against it to see whether they lead to another origin. */
const base = 'http://stele.invalid'

/**
 * The page to open after log-on: `next` when it is a path of this console, else `/`. A `next` that leads to another
 * origin, in whatever spelling (`//host`, `/\host`, `javascript:`), is not used.
 */
export function nextPath(next: string | undefined): string {
  if (next === undefined || !next.startsWith('/') || !URL.canParse(next, base)) return '/'
  const url = new URL(next, base)
  // On its own, a path that begins with two slashes would name another host.
  if (url.origin !== base || url.pathname.startsWith('//') || url.pathname === '/login') return '/'
  return url.pathname + url.search
}

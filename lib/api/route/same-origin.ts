import { AppError } from '@/lib/domain/errors'
import { canonicalHost } from '@/lib/domain/host'
import { sessionTokenOf } from './authenticate'

/** Values of `Sec-Fetch-Site` for requests that no page of another site made. Only browsers send the header. */
const ownSites = [null, 'same-origin', 'none']

/**
 * Throws DENIED for a change (including a log-on) that a page of another site requests. Browsers send the site of the
 * page in `Origin`, and newer ones in `Sec-Fetch-Site` too. `Origin` is required with the session cookie, which
 * browsers send automatically; other clients do not need it. Another host of the same domain counts as another site.
 */
export function assertSameOrigin(request: Request, publicUrl: string | null): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  if (!ownSites.includes(request.headers.get('sec-fetch-site'))) throw foreign()
  const origin = request.headers.get('origin')
  const isByCookie = request.headers.get('authorization') === null && sessionTokenOf(request, publicUrl) !== null
  if (origin !== null) assertOwn(origin, request, publicUrl)
  else if (isByCookie) throw foreign()
}

function foreign(message = 'the request comes from another site: its Origin is not this server'): AppError {
  return new AppError('DENIED', { message })
}

/** Throws DENIED unless a page of this server has this origin: its scheme, host and port are those of the request. */
function assertOwn(given: string, request: Request, publicUrl: string | null): void {
  const origin = canonicalOrigin(given)
  if (origin === null) throw foreign()
  if (publicUrl !== null && origin === canonicalOrigin(publicUrl)) return
  // Of another scheme, anybody in between could have written the page; and a page of https is not from here when this
  // server is reached over http.
  const host = request.headers.get('host') ?? ''
  const isSecure = request.headers.get('x-stele-forwarded-proto') === 'https'
  if (origin === canonicalOrigin(`${isSecure ? 'https' : 'http'}://${host}`)) return
  if (isSecure || origin !== canonicalOrigin(`https://${host}`)) throw foreign()
  throw foreign(
    'the Origin is https, but this server is reached over http: behind a proxy, set STELE_PUBLIC_URL or STELE_TRUSTED_PROXIES',
  )
}

/** The one spelling of an origin, without a default port and a final dot; null for what has none. */
function canonicalOrigin(url: string): string | null {
  if (!URL.canParse(url)) return null
  const { protocol, host } = new URL(url)
  return protocol === 'http:' || protocol === 'https:' ? `${protocol}//${canonicalHost(host)}` : null
}

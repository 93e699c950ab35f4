import { AppError } from '@/lib/domain/errors'
import { canonicalHost } from '@/lib/domain/host'
import { sessionTokenOf } from './authenticate'

/** Values of `Sec-Fetch-Site` for requests that no page of another site made. Only browsers send the header. */
const ownSites = [null, 'same-origin', 'none']

/** Hosts over which browsers send a Secure cookie without TLS too. */
const loopbackHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Most characters of a header that an error repeats. */
const repeatedMax = 200

/**
 * Throws ORIGIN_REFUSED for a change (including a log-on) that a page of another site requests. Browsers send the site
 * of the page in `Origin`, and newer ones in `Sec-Fetch-Site` too. `Origin` is required with the session cookie, which
 * browsers send automatically; other clients do not need it. Another host of the same domain counts as another site.
 */
export function assertSameOrigin(request: Request, publicUrl: string | null): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  const refuse = (hint: string) => refusal(request, publicUrl, hint)
  if (!ownSites.includes(request.headers.get('sec-fetch-site'))) throw refuse('a page of another site sent the request')
  const origin = request.headers.get('origin')
  const isByCookie = request.headers.get('authorization') === null && sessionTokenOf(request, publicUrl) !== null
  if (origin !== null) assertOwn(origin, request, publicUrl, refuse)
  else if (isByCookie) throw refuse('with the session cookie, a change needs an Origin header')
}

/** Throws unless a page of this server has this origin: its scheme, host and port are those of the request. */
function assertOwn(
  given: string,
  request: Request,
  publicUrl: string | null,
  refuse: (hint: string) => AppError,
): void {
  const origin = canonicalOrigin(given)
  if (origin === null) throw refuse('a page of another site sent the request')
  const publicOrigin = publicUrl === null ? null : canonicalOrigin(publicUrl)
  if (origin === publicOrigin) return
  if (origin !== requestOrigin(request)) throw refuse(hintFor(origin, request, publicUrl))
  // The session cookie is Secure then: the browser would drop it, and the log-on would have no effect.
  const isPlain = origin.startsWith('http:') && !loopbackHost.test(new URL(origin).hostname)
  if (isPlain && publicOrigin?.startsWith('https:') === true) {
    throw refuse(`STELE_PUBLIC_URL is https, and browsers keep its session only over TLS: open ${publicOrigin}`)
  }
}

/** What an administrator should look at when a page of this origin is refused. */
function hintFor(origin: string, request: Request, publicUrl: string | null): string {
  const host = request.headers.get('host') ?? ''
  // Of another scheme, anybody in between could have written the page; and a page of https is not from here when this
  // server is reached over http.
  if (origin === canonicalOrigin(`https://${host}`)) {
    return 'the page is https, but this server is reached over http: behind a proxy, set STELE_PUBLIC_URL or STELE_TRUSTED_PROXIES'
  }
  return publicUrl === null
    ? 'a proxy must pass the Host header on with its port, or STELE_PUBLIC_URL must be the address in the browser'
    : 'STELE_PUBLIC_URL must be the address in the browser'
}

/** The refusal, with what was expected and what the request has. */
function refusal(request: Request, publicUrl: string | null, hint: string): AppError {
  const origins = [publicUrl === null ? null : canonicalOrigin(publicUrl), requestOrigin(request)]
  const expected = [...new Set(origins.filter((origin) => origin !== null))]
  const seen = repeated(request.headers.get('origin')) ?? 'none'
  const site = repeated(request.headers.get('sec-fetch-site'))
  const saw = `Origin: ${seen}${site === null ? '' : `, Sec-Fetch-Site: ${site}`}`
  return new AppError('ORIGIN_REFUSED', {
    message: `the request is not from a page of this server: expected the Origin ${expected.join(' or ')}, got ${saw}; ${hint}`,
    detail: { expected, origin: seen, ...(site !== null && { site }) },
  })
}

/** The origin of the address that the request was sent to; null when the Host has no valid form. */
function requestOrigin(request: Request): string | null {
  const scheme = request.headers.get('x-stele-forwarded-proto') === 'https' ? 'https' : 'http'
  return canonicalOrigin(`${scheme}://${request.headers.get('host') ?? ''}`)
}

/** A header as an error repeats it: short, and without anything that a terminal would obey. */
function repeated(header: string | null): string | null {
  if (header === null) return null
  const text = header.slice(0, repeatedMax).replace(/[^ -~]/g, '?')
  return header.length > repeatedMax ? `${text}…` : text
}

/** The one spelling of an origin, without a default port and a final dot; null for what has none. */
function canonicalOrigin(url: string): string | null {
  if (!URL.canParse(url)) return null
  const { protocol, host } = new URL(url)
  return protocol === 'http:' || protocol === 'https:' ? `${protocol}//${canonicalHost(host)}` : null
}

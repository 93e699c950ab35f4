import { AppError } from '@/lib/domain/errors'
import { sessionTokenOf } from './authenticate'

/** What `Sec-Fetch-Site` says of a request that no page of another site made; only browsers send it. */
const ownSites = [null, 'same-origin', 'none']

/**
 * Throws DENIED for a change that a page of another site asks for, a log-on among them: browsers say in `Origin` whose
 * page it is, and newer ones in `Sec-Fetch-Site` too. With the session cookie, which a browser sends by itself, the
 * first must be there; other clients need not send it. Another host of our own domain is another site as well.
 */
export function assertSameOrigin(request: Request, publicUrl: string | null): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  if (!ownSites.includes(request.headers.get('sec-fetch-site'))) throw foreign()
  const origin = request.headers.get('origin')
  const isByCookie = request.headers.get('authorization') === null && sessionTokenOf(request) !== null
  if (origin === null ? !isByCookie : isOwn(origin, request, publicUrl)) return
  throw foreign()
}

function foreign(): AppError {
  return new AppError('DENIED', { message: 'the request comes from another site: its Origin is not this server' })
}

function isOwn(origin: string, request: Request, publicUrl: string | null): boolean {
  if (!URL.canParse(origin)) return false
  if (publicUrl !== null && origin === new URL(publicUrl).origin) return true
  const { host, protocol } = new URL(origin)
  // Over TLS a page that came without it is somebody else's: anybody on the way could have written it.
  const isPlain = protocol === 'http:' && request.headers.get('x-stele-forwarded-proto') !== 'https'
  return host === request.headers.get('host')?.toLowerCase() && (isPlain || protocol === 'https:')
}

import { AppError } from '@/lib/domain/errors'
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
  // When the server is reached over TLS, a page loaded over plain HTTP is refused: anybody in between could have
  // written it.
  const isPlain = protocol === 'http:' && request.headers.get('x-stele-forwarded-proto') !== 'https'
  return host === request.headers.get('host')?.toLowerCase() && (isPlain || protocol === 'https:')
}

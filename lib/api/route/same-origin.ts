import { AppError } from '@/lib/domain/errors'
import { sessionTokenOf } from './authenticate'

/**
 * Throws DENIED for a change that a page of another site asks for: browsers say in `Origin` whose page it is. With the
 * session cookie, which a browser sends by itself, the header must be there; other clients need not send it.
 */
export function assertSameOrigin(request: Request, publicUrl: string | null): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  const origin = request.headers.get('origin')
  const isByCookie = request.headers.get('authorization') === null && sessionTokenOf(request) !== null
  if (origin === null ? !isByCookie : isOwn(origin, request, publicUrl)) return
  throw new AppError('DENIED', { message: 'the request comes from another site: its Origin is not this server' })
}

function isOwn(origin: string, request: Request, publicUrl: string | null): boolean {
  if (!URL.canParse(origin)) return false
  if (publicUrl !== null && origin === new URL(publicUrl).origin) return true
  return new URL(origin).host === request.headers.get('host')?.toLowerCase()
}

import type { IncomingMessage } from 'node:http'
import { authenticateAccessKey } from '@/lib/auth/access-keys'
import { parseBasicCredentials } from '@/lib/auth/basic-credentials'
import { clientOf } from '@/lib/auth/client'
import { cookieName } from '@/lib/auth/console/cookie-name'
import { findSessionByToken } from '@/lib/auth/console/sessions'
import type { Context } from '@/lib/context'
import { AppError } from '@/lib/domain/errors'
import { type Principal, anonymousPrincipal } from '@/lib/domain/principal'
import { originOf } from '@/lib/http/origin-of'

/**
 * Returns the caller: by `Authorization: Basic` with an access key, else by the session cookie of the console, else
 * anonymous. Throws UNAUTHORIZED for an Authorization that is not valid, and what `authenticateAccessKey` throws.
 */
export async function authenticateReader(ctx: Context, request: IncomingMessage): Promise<Principal> {
  const origin = originOf(request)
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const credentials = parseBasicCredentials(authorization)
    const user = credentials === null ? null : await authenticateAccessKey(ctx, credentials, origin)
    if (credentials === null || user === null) throw new AppError('UNAUTHORIZED')
    return { ...userPrincipal(user), credential: credentials.name, ...origin }
  }
  const token = readSessionCookie(request, ctx.config.publicUrl)
  const session = token === null ? null : await findSessionByToken(ctx, token)
  if (session === null) return anonymousPrincipal(origin)
  return { ...userPrincipal(session.user), credential: 'session', ...origin }
}

function userPrincipal({ id, name, role }: Pick<Principal, 'id' | 'name' | 'role'>) {
  return { kind: 'user', id, name, role, token: null } as const
}

function readSessionCookie(request: IncomingMessage, publicUrl: string | null): string | null {
  const { headers } = request
  const known = new Map([
    ['host', headers.host ?? ''],
    ['x-stele-forwarded-proto', clientOf(request).isSecure ? 'https' : 'http'],
  ])
  const name = cookieName('stele_session', { get: (header) => known.get(header) ?? null }, publicUrl)
  const cookies = (headers.cookie ?? '').split(';').map((one) => one.trim())
  return cookies.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? null
}

import { authenticateAccessKey } from '@/lib/auth/access-keys'
import { attempts } from '@/lib/auth/guessing/attempts'
import { parseBasicCredentials } from '@/lib/auth/basic-credentials'
import type { Origin, Principal } from '@/lib/domain/principal'
import { type StartedSession, findSessionByToken, sessionCookieName } from '@/lib/auth/console/sessions'
import type { Context } from '@/lib/context'
import { readCookie } from './cookie'

/** A console session as its holder proves it. */
export interface ProvenSession {
  readonly id: string
  readonly token: string
  readonly user: StartedSession['user']
  readonly expiresAt: Date
}

/** Who asks; `session` is null for an access key. */
export interface Identity {
  readonly principal: Principal
  readonly session: ProvenSession | null
}

/**
 * Who asks: by `Authorization: Basic` with an access key, else by the session cookie. Null when nobody is proven. An
 * Authorization header is the caller's word even when it proves nothing: the cookie is not looked at then.
 * Throws TOO_MANY_ATTEMPTS.
 */
export async function authenticate(ctx: Context, request: Request): Promise<Identity | null> {
  const authorization = request.headers.get('authorization')
  if (authorization !== null) return authenticateByAccessKey(ctx, request, authorization)

  const token = sessionTokenOf(request)
  const session = token === null ? null : await findSessionByToken(ctx.db, token)
  if (token === null || session === null) return null
  const { id, user, expiresAt } = session
  return { principal: principalOf(user, 'session', request), session: { id, token, user, expiresAt } }
}

async function authenticateByAccessKey(
  ctx: Context,
  request: Request,
  authorization: string,
): Promise<Identity | null> {
  const credentials = parseBasicCredentials(authorization)
  if (credentials === null) return null
  const { name: id, secret } = credentials
  const attempt = { kind: 'access-key', account: id, address: originOf(request).address } as const
  const user = await attempts.guard(attempt, () => authenticateAccessKey(ctx, id, secret))
  return user === null ? null : { principal: principalOf(user, id, request), session: null }
}

/** The token of the session cookie, proven or not; null when there is none. */
export function sessionTokenOf(request: Request): string | null {
  return readCookie(request, sessionCookieName)
}

/** From where a request came. Next hides the connection: `server.ts` sets the header, over whatever the client sent. */
export function originOf(request: Request): Origin {
  return {
    address: request.headers.get('x-stele-remote-address') ?? '',
    userAgent: (request.headers.get('user-agent') ?? '').slice(0, 300),
  }
}

function principalOf(user: ProvenSession['user'], credential: string, request: Request): Principal {
  return { kind: 'user', id: user.id, name: user.name, role: user.role, credential, token: null, ...originOf(request) }
}

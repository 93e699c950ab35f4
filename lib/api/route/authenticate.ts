import { authenticateAccessKey } from '@/lib/auth/access-keys'
import { type BasicCredentials, parseBasicCredentials } from '@/lib/auth/basic-credentials'
import { unattendedHeader } from '@/lib/api/schemas/unattended'
import { proveRobot } from '@/lib/auth/registry/prove-robot'
import { robotNamePrefix } from '@/lib/domain/access'
import type { Origin, Principal } from '@/lib/domain/principal'
import { type StartedSession, findSessionByToken } from '@/lib/auth/console/sessions'
import type { Context } from '@/lib/context'
import { readCookie } from './cookie'

/** A console session, proven by its token. */
export interface ProvenSession {
  readonly id: string
  readonly token: string
  readonly user: StartedSession['user']
  readonly expiresAt: Date
}

/** The authenticated caller; `session` is null for an access key. */
export interface Identity {
  readonly principal: Principal
  readonly session: ProvenSession | null
}

/**
 * Authenticates the caller by `Authorization: Basic` with an access key, else by the session cookie. Null when neither
 * is valid. A request with an Authorization header is judged by it alone: when it is not valid, the cookie is not
 * tried. Throws TOO_MANY_ATTEMPTS.
 *
 * `repositoryId` is of an operation that robots may call, and null of all others: a robot of the repository's instance
 * proves itself by its name and secret. Throws UNAUTHORIZED for any other robot, and when there is no such repository.
 */
export async function authenticate(
  ctx: Context,
  request: Request,
  repositoryId: string | null,
): Promise<Identity | null> {
  const authorization = request.headers.get('authorization')
  if (authorization !== null) {
    const credentials = parseBasicCredentials(authorization)
    if (credentials === null) return null
    return repositoryId !== null && credentials.name.startsWith(robotNamePrefix)
      ? { principal: await proveRobot(ctx, repositoryId, credentials, originOf(request)), session: null }
      : authenticateByAccessKey(ctx, request, credentials)
  }

  const token = sessionTokenOf(request, ctx.config.publicUrl)
  const session = token === null ? null : await findSessionByToken(ctx, token, isAttended(request))
  if (token === null || session === null) return null
  const { id, user, expiresAt } = session
  return { principal: principalOf(user, 'session', request), session: { id, token, user, expiresAt } }
}

async function authenticateByAccessKey(
  ctx: Context,
  request: Request,
  credentials: BasicCredentials,
): Promise<Identity | null> {
  const user = await authenticateAccessKey(ctx, credentials, originOf(request))
  return user === null ? null : { principal: principalOf(user, credentials.name, request), session: null }
}

/** Whether somebody is at the browser: its pages say so when nobody is (`lib/api/client/attended.ts`). */
function isAttended(request: Request): boolean {
  return request.headers.get(unattendedHeader) === null
}

/** The token of the session cookie, not yet verified; null when there is none. */
export function sessionTokenOf(request: Request, publicUrl: string | null): string | null {
  return readCookie(request, 'stele_session', publicUrl)
}

/** Where a request came from. Next hides the connection, so `server.ts` sets this header and discards the client's. */
export function originOf(request: Request): Origin {
  return {
    address: request.headers.get('x-stele-remote-address') ?? '',
    userAgent: (request.headers.get('user-agent') ?? '').slice(0, 300),
  }
}

function principalOf(user: ProvenSession['user'], credential: string, request: Request): Principal {
  return { kind: 'user', id: user.id, name: user.name, role: user.role, credential, token: null, ...originOf(request) }
}

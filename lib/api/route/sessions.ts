import type { SessionView } from '@/lib/api/schemas/sessions'
import { attempts } from '@/lib/auth/attempts'
import { authenticatePassword } from '@/lib/auth/passwords'
import { endSession, sessionCookieName, sessionLifetimeSeconds, startSession } from '@/lib/auth/sessions'
import { AppError } from '@/lib/domain/errors'
import type { Context } from '@/lib/registry/context'
import { type ProvenSession, originOf, sessionTokenOf } from './authenticate'
import type { operations } from './operations'
import type { Answer, Call } from './route'

/** Who is logged on. Throws UNAUTHORIZED when nobody is. */
export function showSession({ session }: Call<typeof operations.getSession>): { body: SessionView } {
  if (session === null) throw new AppError('UNAUTHORIZED')
  return { body: toView(session) }
}

/** Logs a person on by name and password: the answer sets the cookie. Throws UNAUTHORIZED and TOO_MANY_ATTEMPTS. */
export async function logOn({
  ctx,
  body,
  request,
}: Call<typeof operations.createSession>): Promise<Answer<typeof operations.createSession>> {
  const attempt = { kind: 'password', account: body.userName, address: originOf(request).address } as const
  const user = await attempts.guard(attempt, () => authenticatePassword(ctx.db, body.userName, body.password))
  if (user === null) {
    // Not the name: people type their password there.
    ctx.log.warn({ address: originOf(request).address }, 'a log-on failed')
    throw new AppError('UNAUTHORIZED', { message: 'incorrect user name or password' })
  }
  const session = await startSession(ctx.db, user, originOf(request), sessionTokenOf(request))
  return {
    body: toView(session),
    location: '/api/v1/session',
    cookie: sessionCookie(ctx, session.token, sessionLifetimeSeconds),
  }
}

/** Logs off and takes the cookie away. Without a session there is nothing to end, which is what was asked for. */
export async function logOff({ ctx, principal, session }: Call<typeof operations.deleteSession>) {
  if (principal !== null && session !== null) await endSession(ctx.db, session.token, principal)
  return { cookie: sessionCookie(ctx, '', 0) }
}

function sessionCookie({ config }: Context, token: string, maxAgeSeconds: number): string {
  // Over plain HTTP a Secure cookie would be dropped, and with it every log-on to a server on a private network.
  const secure = config.publicUrl?.startsWith('https:') ? '; Secure' : ''
  return `${sessionCookieName}=${token}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`
}

function toView({ user, expiresAt }: Pick<ProvenSession, 'user' | 'expiresAt'>): SessionView {
  const { isDisabled: _, ...shown } = user
  return { user: shown, expiresAt: expiresAt.toISOString() }
}

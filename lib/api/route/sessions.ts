import type { SessionView } from '@/lib/api/schemas/sessions'
import { acceptByPassword, readInvitation } from '@/lib/auth/console/invitations'
import { logOnByPassword } from '@/lib/auth/console/log-on'
import { type StartedSession, endAllSessions, endSession, endSessionById } from '@/lib/auth/console/sessions'
import type { Context } from '@/lib/context'
import { AppError } from '@/lib/domain/errors'
import { type ProvenSession, originOf, sessionTokenOf } from './authenticate'
import type { operations } from '@/lib/api/operations/operations'
import type { Answer, Call } from './route'
import { noSessionCookie, sessionCookie } from './session-cookie'

/** Shows the caller's session. Throws UNAUTHORIZED without one. */
export function showSession({ session }: Call<typeof operations.getSession>): { body: SessionView } {
  if (session === null) throw new AppError('UNAUTHORIZED')
  return { body: toView(session) }
}

/** Logs a user on by name, password and, with a second factor, a code. The response sets the session cookie. */
export async function logOn({
  ctx,
  body,
  request,
}: Call<typeof operations.createSession>): Promise<Answer<typeof operations.createSession>> {
  const input = { ...body, code: body.code ?? null }
  const session = await logOnByPassword(ctx, input, originOf(request), sessionTokenOf(request, ctx.config.publicUrl))
  return started(ctx, request, session)
}

/** What an invitation says, for who has its token. Throws as `readInvitation` does. */
export async function showInvitation({
  ctx,
  body,
  request,
}: Call<typeof operations.readInvitation>): Promise<Answer<typeof operations.readInvitation>> {
  return { body: await readInvitation(ctx, body.token, originOf(request)) }
}

/** Sets the password of an invited user and logs the user on. The response sets the session cookie. */
export async function acceptInvitation({
  ctx,
  body,
  request,
}: Call<typeof operations.acceptInvitation>): Promise<Answer<typeof operations.acceptInvitation>> {
  const session = await acceptByPassword(ctx, body, originOf(request), sessionTokenOf(request, ctx.config.publicUrl))
  return started(ctx, request, session)
}

/** Logs off and removes the cookie. Without a session this succeeds too, since there is nothing to end. */
export async function logOff({ ctx, principal, session, request }: Call<typeof operations.deleteSession>) {
  if (principal !== null && session !== null) await endSession(ctx.db, session.token, principal)
  return { cookies: [noSessionCookie(ctx, request)] }
}

/** Ends one of the caller's sessions. If it is the session of this request, the cookie is removed. Throws NOT_FOUND. */
export async function endOneSession({
  ctx,
  principal,
  session,
  params,
  request,
}: Call<typeof operations.deleteOneSession>) {
  if (!(await endSessionById(ctx.db, params.sessionId, principal))) throw new AppError('NOT_FOUND')
  return session?.id === params.sessionId ? { cookies: [noSessionCookie(ctx, request)] } : {}
}

/** Ends all of the caller's sessions, including the one of this request. */
export async function endEverySession({
  ctx,
  principal,
  session,
  request,
}: Call<typeof operations.deleteEverySession>) {
  await endAllSessions(ctx.db, principal)
  return session === null ? {} : { cookies: [noSessionCookie(ctx, request)] }
}

function started(ctx: Context, request: Request, session: StartedSession) {
  return {
    body: toView(session),
    location: '/api/v1/session',
    cookies: [sessionCookie(ctx, request, session.token)],
  }
}

function toView({ user, expiresAt }: Pick<ProvenSession, 'user' | 'expiresAt'>): SessionView {
  const { isDisabled: _, ...shown } = user
  return { user: shown, expiresAt: expiresAt.toISOString() }
}

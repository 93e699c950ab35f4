import { cookie } from './cookie'
import type { Context } from '@/lib/context'

/** The `Set-Cookie` that stores a session's token in the browser, until no use extends the session any more. */
export function sessionCookie(ctx: Context, request: Request, token: string): string {
  const maxAgeSeconds = ctx.config.sessions.maxDays * 24 * 60 * 60
  return cookie(ctx, request, { name: 'stele_session', value: token, maxAgeSeconds })
}

/** The `Set-Cookie` that removes it. */
export function noSessionCookie(ctx: Context, request: Request): string {
  return cookie(ctx, request, { name: 'stele_session', value: '', maxAgeSeconds: 0 })
}

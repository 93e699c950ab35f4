import { sessionCookieName, sessionLifetimeSeconds } from '@/lib/auth/console/sessions'
import { cookie } from './cookie'
import type { Context } from '@/lib/context'

/** The `Set-Cookie` that stores a session's token in the browser. */
export function sessionCookie(ctx: Context, request: Request, token: string): string {
  return cookie(ctx, request, { name: sessionCookieName, value: token, maxAgeSeconds: sessionLifetimeSeconds })
}

/** The `Set-Cookie` that removes it. */
export function noSessionCookie(ctx: Context, request: Request): string {
  return cookie(ctx, request, { name: sessionCookieName, value: '', maxAgeSeconds: 0 })
}

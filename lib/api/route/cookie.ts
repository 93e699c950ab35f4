import { type ServerCookie, cookieName } from '@/lib/auth/console/cookie-name'
import type { Context } from '@/lib/context'

/**
 * A `Set-Cookie` value. No script can read the cookie, and other sites' requests do not carry it, except links here.
 */
export function cookie(
  ctx: Context,
  request: Request,
  {
    name,
    value,
    maxAgeSeconds,
  }: { readonly name: ServerCookie; readonly value: string; readonly maxAgeSeconds: number },
): string {
  // Browsers drop Secure cookies over plain HTTP: nobody could log on to a server without TLS on a private network.
  const secure = isOverTls(ctx, request) ? '; Secure' : ''
  return `${cookieName(name, request.headers, ctx.config.publicUrl)}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`
}

/** The value of this server's cookie in a request; null when there is none. */
export function readCookie(request: Request, cookie: ServerCookie, publicUrl: string | null): string | null {
  const name = cookieName(cookie, request.headers, publicUrl)
  const cookies = (request.headers.get('cookie') ?? '').split(';').map((one) => one.trim())
  return cookies.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? null
}

/** Whether the browser uses TLS, according to the settings and the trusted proxies (`lib/server` sets the header). */
export function isOverTls({ config }: Context, request: Request): boolean {
  return config.publicUrl?.startsWith('https:') === true || request.headers.get('x-stele-forwarded-proto') === 'https'
}

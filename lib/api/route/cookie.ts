import type { Context } from '@/lib/context'

/** A cookie that no script can read and no other site's request but a visit carries, as a `Set-Cookie`. */
export function cookie(
  ctx: Context,
  request: Request,
  { name, value, maxAgeSeconds }: { readonly name: string; readonly value: string; readonly maxAgeSeconds: number },
): string {
  // Over plain HTTP a Secure cookie would be dropped, and with it every log-on to a server on a private network.
  const secure = isOverTls(ctx, request) ? '; Secure' : ''
  return `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`
}

/** The cookie of that name as a request carries it; null when it does not. */
export function readCookie(request: Request, name: string): string | null {
  const cookies = (request.headers.get('cookie') ?? '').split(';').map((one) => one.trim())
  return cookies.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? null
}

/** Whether the browser speaks TLS, as far as the settings and the trusted proxies tell (`lib/server` sets the header). */
export function isOverTls({ config }: Context, request: Request): boolean {
  return config.publicUrl?.startsWith('https:') === true || request.headers.get('x-stele-forwarded-proto') === 'https'
}

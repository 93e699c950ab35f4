/** Cookies of the console that belong to one server. */
export type ServerCookie =
  /** Holds a session's token. */
  | 'stele_session'
  /** Holds the sealed state of a sign-in that is at the provider. */
  | 'stele_single_sign_on'

/** The address at which a browser reached the server. */
interface ReachedAddress {
  /** The `Host` header. */
  readonly host: string
  /** Whether the browser used TLS. */
  readonly isSecure: boolean
}

/**
 * The end of the names of this server's cookies: `_` and the port of the public URL or, without one, of the address
 * that the browser used; empty for the default port of the scheme. Browsers keep one set of cookies for all ports of a
 * host, so without it two servers on one host would overwrite each other's.
 */
export function cookieNameSuffix(publicUrl: string | null, { host, isSecure }: ReachedAddress): string {
  const address = publicUrl ?? `${isSecure ? 'https' : 'http'}://${host}`
  const port = URL.canParse(address) ? new URL(address).port : ''
  return port === '' ? '' : `_${port}`
}

/** The full name of a cookie of this server in the request with these headers, as `lib/server` prepared them. */
export function cookieName(
  cookie: ServerCookie,
  headers: { get(name: string): string | null },
  publicUrl: string | null,
): string {
  const isSecure = headers.get('x-stele-forwarded-proto') === 'https'
  return cookie + cookieNameSuffix(publicUrl, { host: headers.get('host') ?? '', isSecure })
}

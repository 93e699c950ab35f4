import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

/** What the provider says of a person besides their subject, which is the login they type. */
export interface ProvidedClaims {
  readonly preferred_username?: string
  readonly email?: string
  readonly name?: string
  readonly groups?: readonly string[] | string
}

/** A real OpenID Connect provider, in this process. Any login with any password is somebody. */
export interface OpenIdProvider {
  readonly issuer: string
  /** The settings of a server that trusts it. */
  readonly env: Readonly<Record<string, string>>
  /** What it says of a login from now on; else only that its user name is the login. */
  setClaims(login: string, claims: ProvidedClaims): void
  close(): Promise<void>
}

/** Starts a provider that sends browsers back to servers at these addresses. */
export async function startOpenIdProvider(...consoleUrls: readonly string[]): Promise<OpenIdProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const people = new Map<string, ProvidedClaims>()
  const client = { client_id: 'stele', client_secret: 'the-secret-of-the-client' }
  const provider = new Provider(issuer, {
    clients: [{ ...client, redirect_uris: consoleUrls.map((url) => `${url}/api/v1/session/single-sign-on/callback`) }],
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username'],
      email: ['email'],
      groups: ['groups'],
    },
    pkce: { required: () => true },
    // Given, so that it does not remark on each of them.
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    cookies: { keys: ['a key of a test'] },
    features: { devInteractions: { enabled: true } },
    findAccount: (_: unknown, login: string) => ({
      accountId: login,
      claims: () => ({ sub: login, preferred_username: login, ...people.get(login) }),
    }),
  })
  server.on('request', provider.callback())
  return {
    issuer,
    env: {
      STELE_OIDC_ISSUER: issuer,
      STELE_OIDC_CLIENT_ID: client.client_id,
      STELE_OIDC_CLIENT_SECRET: client.client_secret,
      STELE_OIDC_SCOPES: 'openid profile email groups',
      STELE_OIDC_NAME: 'Example Inc.',
    },
    setClaims: (login, claims) => void people.set(login, claims),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/**
 * Does what a browser and its person do at the provider: follows `url`, logs on as `login`, consents, and answers the
 * address that the provider then sends the browser to.
 */
export async function passProvider(url: string, login: string): Promise<URL> {
  const cookies = new Map<string, string>()
  let next = new URL(url)
  const { origin } = next
  let form: URLSearchParams | null = null
  // Authorization, log-on, authorization, consent, authorization: a few more would be a circle.
  for (let step = 0; step < 12 && next.origin === origin; step += 1) {
    const response: Response = await fetch(next, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === null ? {} : { method: 'POST', body: form }),
    })
    form = null
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    const page = await response.text()
    if (location !== null) {
      next = new URL(location, next)
      continue
    }
    const [, action] = /<form[^>]* action="([^"]+)"/.exec(page) ?? []
    const [, prompt] = /name="prompt" value="(\w+)"/.exec(page) ?? []
    if (action === undefined || prompt === undefined) throw new Error(`The provider shows no form:\n${page}`)
    form = new URLSearchParams({ prompt, ...(prompt === 'login' ? { login, password: 'any' } : {}) })
    next = new URL(action, next)
  }
  return next
}

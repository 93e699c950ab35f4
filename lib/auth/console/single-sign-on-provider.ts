import {
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import type { SingleSignOnSettings } from '@/lib/config'

/** How long the provider may take to answer, in seconds. */
const timeoutSeconds = 10

/** What of a log-on with the provider must be remembered until the browser comes back. */
export interface PendingAuthorization {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** What the provider says of a person: the ID token's claims, and those of its userinfo where it has that. */
export type Claims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string }

/** What a provider has said of itself, by the settings that name it. Asked for at the first log-on, not at the start. */
const known = new WeakMap<SingleSignOnSettings, Promise<Configuration>>()

/** Where to send the browser. Throws whatever keeps the provider from saying how it is asked. */
export async function authorizationUrl(
  settings: SingleSignOnSettings,
  redirectUri: string,
): Promise<{ readonly url: string; readonly pending: PendingAuthorization }> {
  const provider = await providerOf(settings)
  const pending = { state: randomState(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier() }
  const url = buildAuthorizationUrl(provider, {
    redirect_uri: redirectUri,
    scope: settings.scopes.join(' '),
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await calculatePKCECodeChallenge(pending.codeVerifier),
    code_challenge_method: 'S256',
  })
  return { url: url.href, pending }
}

/**
 * What the provider says of the person who came back to `callbackUrl`. Throws unless all holds that OpenID Connect asks
 * for: state, issuer, the code with its verifier, and an ID token of this nonce, for us, in time, signed by the provider.
 */
export async function readClaims(
  settings: SingleSignOnSettings,
  callbackUrl: URL,
  { state, nonce, codeVerifier }: PendingAuthorization,
): Promise<Claims> {
  const provider = await providerOf(settings)
  const tokens = await authorizationCodeGrant(provider, callbackUrl, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: codeVerifier,
    idTokenExpected: true,
  })
  const claims = tokens.claims()
  if (claims === undefined) throw new Error('the provider sent no ID token')
  if (provider.serverMetadata().userinfo_endpoint === undefined) return claims
  const { iss, sub } = claims
  return { ...claims, ...(await fetchUserInfo(provider, tokens.access_token, sub)), iss, sub }
}

function providerOf(settings: SingleSignOnSettings): Promise<Configuration> {
  const found = known.get(settings)
  if (found !== undefined) return found
  const asked = discover(settings)
  known.set(settings, asked)
  // One that was away is asked again.
  asked.catch(() => known.delete(settings))
  return asked
}

async function discover({ issuer, clientId, clientSecret }: SingleSignOnSettings): Promise<Configuration> {
  const execute = [enableNonRepudiationChecks]
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to stand out; the settings allow it for this machine only
  if (issuer.startsWith('http:')) execute.push(allowInsecureRequests)
  const metadata = { client_secret: clientSecret }
  return discovery(new URL(issuer), clientId, metadata, authenticationOf(clientSecret), {
    execute,
    timeout: timeoutSeconds,
  })
}

/** Basic, as OpenID Connect assumes, unless the provider says that it takes the form only. */
function authenticationOf(clientSecret: string): ClientAuth {
  const [basic, post] = [ClientSecretBasic(clientSecret), ClientSecretPost(clientSecret)]
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const authenticate = methods.includes('client_secret_basic') ? basic : post
    authenticate(server, client, body, headers)
  }
}

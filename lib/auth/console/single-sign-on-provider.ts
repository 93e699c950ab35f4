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

/** What must be kept of a log-on at the provider until the browser comes back. */
export interface PendingAuthorization {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** What the provider says about a user: the claims of the ID token, and of the userinfo endpoint if it has one. */
export type Claims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string }

/** The discovered metadata of a provider, by its settings. Fetched at the first log-on, not at the start. */
const known = new WeakMap<SingleSignOnSettings, Promise<Configuration>>()

/** Returns where to send the browser. Throws when the discovery of the provider fails. */
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
 * Returns what the provider says about the user who came back to `callbackUrl`. Throws unless everything that OpenID
 * Connect requires is valid: state, issuer, the code with its verifier, and an ID token with this nonce, for this
 * client, not expired, signed by the provider.
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
  // After a failure, the next log-on tries again.
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

/** Uses Basic, the default of OpenID Connect, unless the provider says that it accepts only the form. */
function authenticationOf(clientSecret: string): ClientAuth {
  const [basic, post] = [ClientSecretBasic(clientSecret), ClientSecretPost(clientSecret)]
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const authenticate = methods.includes('client_secret_basic') ? basic : post
    authenticate(server, client, body, headers)
  }
}

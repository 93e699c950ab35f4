import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Client } from '@/lib/auth/client'
import { cookieNameSuffix } from '@/lib/auth/console/cookie-name'
import { AppError } from '@/lib/domain/errors'
import { canonicalHost } from '@/lib/domain/host'
import { urlMax } from '@/lib/protocol/handler'

/** Facts about a request that Next's route handlers and pages cannot see. */
export interface ConsoleRequest {
  readonly client: Client
  readonly requestId: string
  /**
   * Content security policy of the page, from which Next takes the nonce of its scripts; null when it is not a page.
   */
  readonly policy: string | null
  /** `STELE_PUBLIC_URL`, or null. */
  readonly publicUrl: string | null
}

/**
 * Headers that address the internals of Next, of a proxy or of this server: which page to show instead, that a check
 * has passed, who really sent the request. Clients must not send them.
 */
const inner =
  /^(?:x-stele-|x-middleware-|x-invoke-|x-forwarded-|x-nextjs-|x-now-|x-vercel-|x-matched-path$|x-prerender-|x-original-|x-rewrite-|x-http-method|x-method-override$|next-action$|content-security-policy)/

/** Headers that request a page in Next's own format. Next would redirect other paths to themselves. */
const ofPages = /^(?:rsc$|next-router-)/

/** A cookie with a choice, such as the language, has such a name. All servers on a host share them. */
const choiceCookie = /^stele-[a-z-]+$/

/** A cookie of one server has such a name, before the port. */
const serverCookie = /^stele_[a-z_]+$/

/**
 * Most cookies that Next gets: more than the console has, and the work that Next does for each grows with all others.
 */
const cookiesMax = 8

/**
 * Removes the headers that a client must not send and the cookies that are not the console's, and adds the facts that
 * only the server knows.
 */
export function prepareForNext(
  request: IncomingMessage,
  { client, requestId, policy, publicUrl }: ConsoleRequest,
): void {
  const { headers } = request
  if (headers.host !== undefined) headers.host = canonicalHost(headers.host)
  const suffix = cookieNameSuffix(publicUrl, { host: headers.host ?? '', isSecure: client.isSecure })
  const cookies = ownCookies(headers.cookie ?? '', suffix)
  if (cookies === '') delete headers.cookie
  else headers.cookie = cookies
  for (const name of Object.keys(headers)) {
    if (inner.test(name) || (policy === null && ofPages.test(name))) Reflect.deleteProperty(headers, name)
  }
  headers['x-stele-remote-address'] = client.address
  headers['x-stele-request-id'] = requestId
  headers['x-stele-forwarded-proto'] = client.isSecure ? 'https' : 'http'
  // Otherwise Next would set these from the connection.
  headers['x-forwarded-for'] = client.address
  headers['x-forwarded-proto'] = client.isSecure ? 'https' : 'http'
  if (policy !== null) headers['content-security-policy'] = policy
}

/**
 * The cookies of the console in a `Cookie` header, except those of other servers on this host; of several with one
 * name, the first. The names of this server's cookies end with `suffix`.
 */
function ownCookies(header: string, suffix: string): string {
  const isOwn = (name: string) =>
    choiceCookie.test(name) || (name.endsWith(suffix) && serverCookie.test(name.slice(0, name.length - suffix.length)))
  const own = new Map<string, string>()
  for (const cookie of header.split(';')) {
    const [name = ''] = cookie.split('=', 1).map((one) => one.trim())
    if (isOwn(name) && !own.has(name)) own.set(name, cookie.trim())
    if (own.size === cookiesMax) break
  }
  return [...own.values()].join('; ')
}

/** Methods of the REST API; Next answers others with 500. */
const apiMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Methods of pages: no form and no server action sends anything to a page. */
const pageMethods = ['GET', 'HEAD']

/** The rules for requests of the console. */
export interface ConsoleRules {
  readonly isApi: boolean
  /** In development, Next's tools in the browser send requests to the server. */
  readonly isDevelopment: boolean
}

/** Most query parameters of a request. No page or operation has more than 20; Next handles each several times. */
const parametersMax = 100

/** Longest state of a browser's router, in characters: as long as the longest URL, which it repeats. */
const routerStateMax = urlMax

/** Most arrays and objects inside each other in that state. The deepest page has 16; Next walks through all of them. */
const routerStateDepthMax = 40

/**
 * The refusal of a request that Next would fail on, take long for, or should not see: an unknown method, a URL that is
 * too long or not UTF-8 or has too many parameters, the path of a page that could be mistaken for another host, and a
 * router state that no page of the console sends. Null for a well-formed request.
 */
export function findMalformed(request: IncomingMessage, rules: ConsoleRules): AppError | null {
  const url = request.url ?? ''
  const methods = rules.isApi || rules.isDevelopment ? apiMethods : pageMethods
  if (!methods.includes(request.method ?? '')) {
    return new AppError('METHOD_NOT_ALLOWED', { headers: { Allow: methods.join(', ') } })
  }
  if (url.length > urlMax) return new AppError('URL_TOO_LONG')
  if (!isReadable(url, rules)) return badRequest('the address is not a valid URL')
  if (countParameters(url) > parametersMax) return badRequest(`the address has more than ${parametersMax} parameters`)
  if (!hasPlainRouterState(request.headers)) return badRequest('the state of the router is not valid')
  return null
}

function badRequest(message: string): AppError {
  return new AppError('BAD_REQUEST', { message })
}

/** The number of query parameters in a URL, empty ones included. */
function countParameters(url: string): number {
  let count = url.includes('?') ? 1 : 0
  for (let at = url.indexOf('&'); at >= 0; at = url.indexOf('&', at + 1)) count += 1
  return count
}

/** Whether the router state of a page's request is absent, or JSON that is short and not deep. */
function hasPlainRouterState({ 'next-router-state-tree': state }: IncomingHttpHeaders): boolean {
  if (state === undefined) return true
  if (typeof state !== 'string' || state.length > routerStateMax) return false
  try {
    const text = decodeURIComponent(state)
    JSON.parse(text)
    return depthOf(text) <= routerStateDepthMax
  } catch {
    return false
  }
}

/** How many arrays and objects of a JSON text are at most inside each other. */
function depthOf(json: string): number {
  let depth = 0
  let deepest = 0
  for (const [bracket] of json.replace(/"(?:[^"\\]|\\.)*"/g, '').matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1
    deepest = Math.max(deepest, depth)
  }
  return deepest
}

function isReadable(url: string, { isApi }: ConsoleRules): boolean {
  try {
    decodeURI(url)
    if (isApi) return true
    const path = decodeURIComponent(url.split('?', 1)[0] ?? '')
    // Browsers read a backslash as a slash, and a path that begins with two slashes as another host.
    return /^\/(?!\/)/.test(path) && !/[\\\p{Cc}]/u.test(path)
  } catch {
    return false
  }
}

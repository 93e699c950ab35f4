import type { IncomingMessage } from 'node:http'
import type { Client } from '@/lib/auth/client'
import { AppError } from '@/lib/domain/errors'
import { urlMax } from '@/lib/protocol/handler'

/** Facts about a request that Next's route handlers and pages cannot see. */
export interface ConsoleRequest {
  readonly client: Client
  readonly requestId: string
  /**
   * Content security policy of the page, from which Next takes the nonce of its scripts; null when it is not a page.
   */
  readonly policy: string | null
}

/**
 * Headers that address the internals of Next, of a proxy or of this server: which page to show instead, that a check
 * has passed, who really sent the request. Clients must not send them.
 */
const inner =
  /^(?:x-stele-|x-middleware-|x-invoke-|x-forwarded-|x-nextjs-|x-now-|x-vercel-|x-matched-path$|x-prerender-|x-original-|x-rewrite-|x-http-method|x-method-override$|next-action$|content-security-policy)/

/** Headers that request a page in Next's own format. Next would redirect other paths to themselves. */
const ofPages = /^(?:rsc$|next-router-)/

/** Removes the headers that a client must not send, and adds the facts that only the server knows. */
export function prepareForNext(request: IncomingMessage, { client, requestId, policy }: ConsoleRequest): void {
  const { headers } = request
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

/**
 * The refusal of a request that Next would fail on or should not see: an unknown method, a URL that is too long or not
 * UTF-8, and the path of a page that could be mistaken for another host. Null for a well-formed request.
 */
export function findMalformed(request: IncomingMessage, rules: ConsoleRules): AppError | null {
  const url = request.url ?? ''
  const methods = rules.isApi || rules.isDevelopment ? apiMethods : pageMethods
  if (!methods.includes(request.method ?? '')) {
    return new AppError('METHOD_NOT_ALLOWED', { headers: { Allow: methods.join(', ') } })
  }
  if (url.length > urlMax) return new AppError('URL_TOO_LONG')
  if (!isReadable(url, rules)) return new AppError('BAD_REQUEST', { message: 'the address is not a valid URL' })
  return null
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

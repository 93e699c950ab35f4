import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Client } from '@/lib/auth/client'
import { urlMax } from '@/lib/protocol/handler'

/** What route handlers and pages of Next cannot see of a request. */
export interface ConsoleRequest {
  readonly client: Client
  readonly requestId: string
  /** Content security policy of the page; null: it is no page. Next takes the nonce of its scripts from it. */
  readonly policy: string | null
}

/**
 * Headers by which a client would speak to Next's or a proxy's inside: which page to show instead, that a check was
 * passed already, whose request it really is. Ours among them.
 */
const inner =
  /^(?:x-stele-|x-middleware-|x-invoke-|x-forwarded-|x-nextjs-|x-now-|x-vercel-|x-matched-path$|x-prerender-|x-original-|x-rewrite-|x-http-method|x-method-override$|next-action$|content-security-policy)/

/** Asks Next for a page in its own form. What is no page would be redirected to itself. */
const ofPages = /^(?:rsc$|next-router-)/

/** Takes from a request what a client must not say, and writes down what only the server knows. */
export function prepareForNext(request: IncomingMessage, { client, requestId, policy }: ConsoleRequest): void {
  const { headers } = request
  for (const name of Object.keys(headers)) {
    if (inner.test(name) || (policy === null && ofPages.test(name))) Reflect.deleteProperty(headers, name)
  }
  headers['x-stele-remote-address'] = client.address
  headers['x-stele-request-id'] = requestId
  headers['x-stele-forwarded-proto'] = client.isSecure ? 'https' : 'http'
  // Next would fill these in from the connection.
  headers['x-forwarded-for'] = client.address
  headers['x-forwarded-proto'] = client.isSecure ? 'https' : 'http'
  if (policy !== null) headers['content-security-policy'] = policy
}

/** Methods that the REST API knows; Next answers others with 500. */
const apiMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Pages are only read: there is no form and no server action that sends anything to one. */
const pageMethods = ['GET', 'HEAD']

/** How strictly a request of the console is judged. */
export interface ConsoleRules {
  readonly isApi: boolean
  /** Next's own tools in the browser send something to the server then. */
  readonly isDevelopment: boolean
}

/**
 * Answers what Next would fail on, or should not see: a method that there is not, a long address, one that is not UTF-8,
 * and a page's that could be taken for another host's. Whether it did.
 */
export function refuseMalformed(request: IncomingMessage, response: ServerResponse, rules: ConsoleRules): boolean {
  const url = request.url ?? ''
  const methods = rules.isApi || rules.isDevelopment ? apiMethods : pageMethods
  const status = !methods.includes(request.method ?? '')
    ? 405
    : url.length > urlMax
      ? 414
      : isReadable(url, rules)
        ? null
        : 400
  if (status === null) return false
  response.writeHead(status, status === 405 ? { Allow: methods.join(', ') } : {}).end()
  return true
}

function isReadable(url: string, { isApi }: ConsoleRules): boolean {
  try {
    decodeURI(url)
    if (isApi) return true
    const path = decodeURIComponent(url.split('?', 1)[0] ?? '')
    // To browsers a backslash is a slash, and a path of two slashes another host.
    return /^\/(?!\/)/.test(path) && !/[\\\p{Cc}]/u.test(path)
  } catch {
    return false
  }
}

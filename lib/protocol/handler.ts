import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError, type ErrorCode } from '@/lib/domain/errors'
import type { Principal } from '@/lib/domain/principal'
import type { Context } from '@/lib/context'
import { findInstanceOfHost } from '@/lib/registry/traffic/find-instance-of-host'
import { openRepository } from '@/lib/registry/traffic/open-repository'
import { authenticate } from './authenticate'
import type { Operation } from './call'
import { hostOf } from './challenge'
import { describeRefusal } from './refusal'
import { matchRoute } from './routes'
import { writeError } from './write-error'

/** Whether a request's path is the registry's and not the console's. What is encoded there is no path of either. */
export function isRegistryPath(url: string): boolean {
  return /^\/v2(?:[/?%]|$)/.test(url)
}

/** One request as whoever logs and counts it sees it. The handler fills in what only it knows. */
export interface RegistryExchange {
  readonly requestId: string
  /** The path with its variable parts in braces; null: none that the registry knows. */
  route: string | null
  /** Why it was refused or failed; null otherwise. */
  error: ErrorCode | null
}

/** Answers one request of the registry. */
export type RegistryHandler = (request: IncomingMessage, response: ServerResponse, exchange?: RegistryExchange) => void

/** For how long what a caller may do is taken to be what it was, in milliseconds: as long as a small body takes. */
const momentMs = 1000

/** Longest address of a request at either door, in characters: far above what any path and query of ours need. */
export const urlMax = 8192

/**
 * The registry: a request handler for every path of `/v2` and below. The only place that catches: whatever a handler
 * throws is answered here, in one form, with nothing of a stranger's text. Once `isStopping` no upload is begun.
 */
export function createRegistryHandler(ctx: Context, isStopping: () => boolean = () => false): RegistryHandler {
  return (request, response, exchange = { requestId: randomUUID(), route: null, error: null }) => {
    const { requestId } = exchange
    response.setHeader('X-Request-Id', requestId)
    response.setHeader('Docker-Distribution-API-Version', 'registry/2.0')
    serve({ ctx, request, response, exchange, isStopping }).catch((cause: unknown) => {
      const error = AppError.from(cause)
      exchange.error = error.code
      if (error.status >= 500 && error.code !== 'STOPPING')
        ctx.log.error({ requestId, err: error.cause ?? error }, error.message)
      // The status is out: all that can still be said is that the body is not whole.
      if (response.headersSent) response.destroy()
      else writeError(request, response, withRequestId(error, requestId), describeRefusal(ctx.config, request, error))
    })
  }
}

interface Serving {
  readonly ctx: Context
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly exchange: RegistryExchange
  readonly isStopping: () => boolean
}

async function serve({ ctx, request, response, exchange, isStopping }: Serving): Promise<void> {
  const url = request.url ?? ''
  if (url.length > urlMax) throw new AppError('URL_TOO_LONG')
  const [path = '', search = ''] = splitOnce(url, '?')
  const host = hostOf(request)
  const route = matchRoute(path)
  exchange.route = route?.template ?? null
  const operation = route?.operations[request.method ?? '']
  const query = new URLSearchParams(search)
  if (operation !== undefined && 'isOpen' in operation) {
    await operation.handle({ ctx, request, response, query })
    return
  }
  const instance = await findInstanceOfHost(ctx, host)
  const { principal, again } = await authenticate(ctx, request, instance?.id ?? null, isJudgedAsOfNow(operation))
  const isPull = operation !== undefined && 'action' in operation && operation.action === 'pull'
  // Who proves nothing may pull what is public, and is told of nothing else whether it is there.
  if (instance === null || (isNobody(principal) && !isPull)) throw new AppError('UNAUTHORIZED')
  if (route === null) throw new AppError('NOT_FOUND')
  if (operation === undefined) {
    throw new AppError('METHOD_NOT_ALLOWED', { headers: { Allow: Object.keys(route.operations).join(', ') } })
  }
  if (!('action' in operation)) {
    if (operation.scope !== undefined && principal.token?.[operation.scope] === false) {
      throw new AppError('SCOPE_INSUFFICIENT')
    }
    await operation.handle({ ctx, request, response, query, instance, principal })
    return
  }
  if (operation.begins && isStopping()) throw new AppError('STOPPING')
  const { target } = route
  const { action } = operation
  const open = (by: Principal) => openRepository(ctx, by, instance.id, route.name, action)
  const askedAtMs = performance.now()
  let repository
  try {
    repository = await open(principal)
  } catch (error) {
    if (!AppError.is(error) || error.code !== 'NAME_UNKNOWN' || operation.whenNameUnknown === undefined) throw error
    operation.whenNameUnknown({ response, query, target })
    return
  }
  const confirmAccess = async () => {
    if (performance.now() - askedAtMs < momentMs) return
    await open(await again())
  }
  await operation.handle({ ctx, request, response, query, instance, principal, repository, target, confirmAccess })
}

/** Whether a token's holder is looked at again: for everything but what a token alone allows. */
function isJudgedAsOfNow(operation: Operation | undefined): boolean {
  if (operation === undefined || 'isOpen' in operation) return false
  return 'action' in operation ? operation.action !== 'pull' : operation.scope !== undefined
}

function isNobody({ kind, token }: Principal): boolean {
  return kind === 'anonymous' && token === null
}

/** A failure of ours can only be found in the log by the request's id, so that goes with it. */
function withRequestId(error: AppError, requestId: string): AppError {
  return error.status < 500
    ? error
    : new AppError(error.code, { detail: { ...error.detail, requestId }, headers: error.headers })
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

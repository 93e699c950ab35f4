import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError, type ErrorCode } from '@/lib/domain/errors'
import type { Context } from '@/lib/registry/context'
import { openRepository } from '@/lib/registry/open-repository'
import { authenticate } from './authenticate'
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
      else writeError(request, response, withRequestId(error, requestId))
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
  const route = matchRoute(path)
  exchange.route = route?.template ?? null
  const principal = await authenticate(ctx, request)
  if (route === null) throw new AppError('NOT_FOUND')
  const operation = route.operations[request.method ?? '']
  if (operation === undefined) {
    response.setHeader('Allow', Object.keys(route.operations).join(', '))
    throw new AppError('METHOD_NOT_ALLOWED')
  }
  const query = new URLSearchParams(search)
  if (!('action' in operation)) {
    await operation.handle({ ctx, request, response, query, principal })
    return
  }
  if (operation.begins && isStopping()) throw new AppError('STOPPING')
  const { target } = route
  let repository
  try {
    repository = await openRepository(ctx, principal, request.headers.host ?? '', route.name, operation.action)
  } catch (error) {
    if (!AppError.is(error) || error.code !== 'NAME_UNKNOWN' || operation.whenNameUnknown === undefined) throw error
    operation.whenNameUnknown({ response, query, target })
    return
  }
  await operation.handle({ ctx, request, response, query, principal, repository, target })
}

/** A failure of ours can only be found in the log by the request's id, so that goes with it. */
function withRequestId(error: AppError, requestId: string): AppError {
  return error.status < 500 ? error : new AppError(error.code, { detail: { ...error.detail, requestId } })
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError } from '@/lib/domain/errors'
import type { Context } from '@/lib/registry/context'
import { openRepository } from '@/lib/registry/open-repository'
import { authenticate } from './authenticate'
import { answerEmpty } from './call'
import { matchRoute } from './routes'
import { writeError } from './write-error'

/** Whether a request's path is the registry's and not the console's. */
export function isRegistryPath(url: string): boolean {
  return /^\/v2(?:[/?]|$)/.test(url)
}

/**
 * The registry: a request handler for every path of `/v2` and below. The only place that catches: whatever a handler
 * throws is answered here, in one form, with nothing of a stranger's text.
 */
export function createRegistryHandler(ctx: Context): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const requestId = randomUUID()
    const startedAt = performance.now()
    response.setHeader('X-Request-Id', requestId)
    response.setHeader('Docker-Distribution-API-Version', 'registry/2.0')
    response.once('close', () => {
      ctx.log.info({
        requestId,
        method: request.method,
        path: request.url,
        status: response.statusCode,
        durationMs: Math.round(performance.now() - startedAt),
        ended: response.writableFinished,
        address: request.socket.remoteAddress,
        userAgent: request.headers['user-agent'],
      })
    })
    serve(ctx, request, response).catch((cause: unknown) => {
      const error = AppError.from(cause)
      if (error.status >= 500) ctx.log.error({ requestId, err: error.cause ?? error }, error.message)
      // The status is out: all that can still be said is that the body is not whole.
      if (response.headersSent) response.destroy()
      else writeError(request, response, withRequestId(error, requestId))
    })
  }
}

async function serve(ctx: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = '', search = ''] = splitOnce(request.url ?? '', '?')
  const principal = await authenticate(ctx, request)
  if (path === '/v2' || path === '/v2/') {
    serveBase(request, response)
    return
  }
  const route = matchRoute(path)
  if (route === null) throw new AppError('NOT_FOUND')
  const operation = route.operations[request.method ?? '']
  if (operation === undefined) {
    response.setHeader('Allow', Object.keys(route.operations).join(', '))
    throw new AppError('METHOD_NOT_ALLOWED')
  }
  const query = new URLSearchParams(search)
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

/** GET /v2/: the registry is here and the credentials are good (distribution-spec, "Determining Support"). */
function serveBase(request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    throw new AppError('METHOD_NOT_ALLOWED')
  }
  answerEmpty(response, 200, {})
}

/** A failure of ours can only be found in the log by the request's id, so that goes with it. */
function withRequestId(error: AppError, requestId: string): AppError {
  return error.status < 500 ? error : new AppError(error.code, { detail: { ...error.detail, requestId } })
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

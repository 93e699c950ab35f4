import { type Logger, withoutRedaction } from '@/lib/log'
import type { Exchange } from './exchange'

/** Longest path and header that is logged whole, in characters. */
const textMax = 512

/** What a request id of a proxy or client may look like to be logged. */
const foreignId = /^[\w.:=+/-]{1,128}$/

/**
 * Makes the function that logs requests, one line each. Only the fields named here, which docs/operations.md explains:
 * of the address only its path, because a query may hold what is nobody's business, and no header that could be a
 * credential. What the browser loads of the console's own files is logged at `debug`.
 */
export function createRequestLog(log: Logger): (exchange: Exchange) => void {
  const lines = withoutRedaction(log)
  return ({ requestId, route, error, door, request, response, durationMs }) => {
    const foreign = request.headers['x-request-id']
    const fields = {
      requestId,
      ...(typeof foreign === 'string' && foreignId.test(foreign) && { clientRequestId: foreign }),
      door,
      method: request.method,
      path: pathOf(request.url ?? '').slice(0, textMax),
      route,
      status: response.statusCode,
      ...(error !== null && { error }),
      durationMs: Math.round(durationMs * 10) / 10,
      whole: response.writableFinished,
      address: request.socket.remoteAddress,
      userAgent: request.headers['user-agent']?.slice(0, textMax),
    }
    if (route === 'asset') lines.debug(fields, 'request')
    else lines.info(fields, 'request')
  }
}

function pathOf(url: string): string {
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}

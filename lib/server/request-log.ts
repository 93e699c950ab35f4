import { clientOf } from '@/lib/auth/client'
import { type Logger, createLineWriter } from '@/lib/log'
import type { Exchange } from './exchange'

/** Longest path and header value in the log, in characters; the rest is cut off. */
const textMax = 512

/** The form that a request id of a proxy or client must have to be logged. */
const foreignId = /^[\w.:=+/-]{1,128}$/

/**
 * Creates the function that logs requests, one line each, with only the fields named here (docs/operations.md explains
 * them). It logs the path without the query, which may contain private data, and no header that could be a credential.
 * Requests for the console's own files are logged at `debug`.
 */
export function createRequestLog(log: Logger): (exchange: Exchange) => void {
  const write = createLineWriter(log)
  return (exchange) => {
    const level = exchange.route === 'asset' ? 'debug' : 'info'
    if (log.isLevelEnabled(level)) write(level, fieldsOf(exchange), 'request')
  }
}

/** The fields of a request's line as JSON text. */
function fieldsOf({ requestId, route, error, door, request, response, durationMs }: Exchange): string {
  const foreign = request.headers['x-request-id']
  const agent = request.headers['user-agent']
  const { address } = clientOf(request)
  // Assembled by hand: fields without JSON.stringify have only characters that need no escaping.
  return (
    `"requestId":"${requestId}"` +
    (typeof foreign === 'string' && foreignId.test(foreign) ? `,"clientRequestId":"${foreign}"` : '') +
    `,"door":"${door}","method":"${request.method}","path":${JSON.stringify(pathOf(request.url ?? ''))}` +
    `,"route":${route === null ? 'null' : `"${route}"`},"status":${response.statusCode}` +
    (error === null ? '' : `,"error":"${error}"`) +
    `,"durationMs":${Math.round(durationMs * 10) / 10},"whole":${response.writableFinished}` +
    (address === '' ? '' : `,"address":"${address}"`) +
    (agent === undefined ? '' : `,"userAgent":${JSON.stringify(agent.slice(0, textMax))}`)
  )
}

function pathOf(url: string): string {
  const end = url.indexOf('?')
  return url.slice(0, Math.min(end < 0 ? url.length : end, textMax))
}

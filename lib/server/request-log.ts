import { clientOf } from '@/lib/auth/client'
import { type Logger, createLineWriter } from '@/lib/log'
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
  const write = createLineWriter(log)
  return ({ requestId, route, error, door, request, response, durationMs }) => {
    const foreign = request.headers['x-request-id']
    const agent = request.headers['user-agent']
    const { address } = clientOf(request)
    // Put together by hand: what is not made text here is of characters that need no escape.
    const fields =
      `"requestId":"${requestId}"` +
      (typeof foreign === 'string' && foreignId.test(foreign) ? `,"clientRequestId":"${foreign}"` : '') +
      `,"door":"${door}","method":"${request.method}","path":${JSON.stringify(pathOf(request.url ?? ''))}` +
      `,"route":${route === null ? 'null' : `"${route}"`},"status":${response.statusCode}` +
      (error === null ? '' : `,"error":"${error}"`) +
      `,"durationMs":${Math.round(durationMs * 10) / 10},"whole":${response.writableFinished}` +
      (address === '' ? '' : `,"address":"${address}"`) +
      (agent === undefined ? '' : `,"userAgent":${JSON.stringify(agent.slice(0, textMax))}`)
    write(route === 'asset' ? 'debug' : 'info', fields, 'request')
  }
}

function pathOf(url: string): string {
  const end = url.indexOf('?')
  return url.slice(0, Math.min(end < 0 ? url.length : end, textMax))
}

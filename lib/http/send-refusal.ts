import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AppError } from '@/lib/domain/errors'
import { contentLengthOf } from './incoming-body'

/** How much of a refused body is read and discarded to keep the connection, in bytes. */
const drainMaxBytes = 8 * 1024 * 1024

/** How long the rest of a longer body is read before its connection is closed, in milliseconds. */
const lingerMs = 3_000

/**
 * Writes an error response with `value` as JSON and the headers of the error. A HEAD gets no body. The connection stays
 * usable when little of the request's body is left to read; otherwise it is closed.
 */
export function sendRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  error: AppError,
  value: object,
  headers: Readonly<Record<string, string>>,
): void {
  const body = Buffer.from(JSON.stringify(value))
  // The rest of the body must be read before the connection can serve the next request; a long rest is not worth it.
  const answer = request.method === 'HEAD' ? Buffer.alloc(0) : body
  const isWorthDraining = request.complete || (contentLengthOf(request) ?? Infinity) <= drainMaxBytes
  response.writeHead(error.status, {
    ...headers,
    ...error.headers,
    'Content-Length': body.byteLength,
    ...(!isWorthDraining && { Connection: 'close' }),
  })
  request.resume()
  if (isWorthDraining) response.end(answer)
  else {
    endWhenSent(request, response)
    response.write(answer)
  }
}

/**
 * Ends a response that closes its connection when the client has stopped sending its body, or after a while. If the
 * connection were closed while the client sends, its system would discard the response unread (RFC 9112, section 9.6).
 */
export function endWhenSent(request: IncomingMessage, response: ServerResponse): void {
  const timer = setTimeout(() => response.end(), lingerMs)
  request.once('end', () => response.end())
  response.once('close', () => clearTimeout(timer))
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AppError } from '@/lib/domain/errors'
import { contentLengthOf } from './call'
import type { Refusal } from './refusal'

/** How much of a refused body is read and discarded to keep the connection, in bytes. */
const drainMaxBytes = 8 * 1024 * 1024

/** How long the rest of a longer body is read before its connection is closed, in milliseconds. */
const lingerMs = 3_000

/** Writes an error response in the format of the distribution specification ("Error Codes"). A HEAD gets no body. */
export function writeError(
  request: IncomingMessage,
  response: ServerResponse,
  error: AppError,
  { challenge, oauth }: Refusal = { challenge: null, oauth: null },
): void {
  const entry = { code: error.wireCode, message: error.message, ...(error.detail && { detail: error.detail }) }
  const body = Buffer.from(JSON.stringify({ errors: [entry], ...oauth }))
  // The rest of the body must be read before the connection can serve the next request; a long rest is not worth it.
  const answer = request.method === 'HEAD' ? Buffer.alloc(0) : body
  const isWorthDraining = request.complete || (contentLengthOf(request) ?? Infinity) <= drainMaxBytes
  response.writeHead(error.status, {
    'Content-Type': 'application/json',
    'Content-Length': body.byteLength,
    ...(challenge !== null && { 'WWW-Authenticate': challenge }),
    ...error.headers,
    ...(!isWorthDraining && { Connection: 'close' }),
  })
  request.resume()
  if (isWorthDraining) response.end(answer)
  else endLater(request, response, answer)
}

/**
 * Sends the whole response at once and closes when the client has stopped sending, or after a while. If the connection
 * were closed while the client sends, its system would discard the response unread (RFC 9112, section 9.6).
 */
function endLater(request: IncomingMessage, response: ServerResponse, answer: Buffer): void {
  const timer = setTimeout(() => response.end(), lingerMs)
  request.once('end', () => response.end())
  response.once('close', () => clearTimeout(timer))
  response.write(answer)
}

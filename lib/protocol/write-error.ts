import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AppError } from '@/lib/domain/errors'
import { contentLengthOf } from './call'

/** Most that is read and thrown away of a refused body to keep its connection, in bytes. */
const drainMaxBytes = 8 * 1024 * 1024

/** Writes a refusal in the specification's form (distribution-spec, "Error Codes"). A HEAD gets no body. */
export function writeError(request: IncomingMessage, response: ServerResponse, error: AppError): void {
  const entry = { code: error.wireCode, message: error.message, ...(error.detail && { detail: error.detail }) }
  const body = Buffer.from(JSON.stringify({ errors: [entry] }))
  const size = error.detail?.['size']
  // What is left of the body must be read before the connection can serve the next request; a long rest is not worth it.
  const isWorthDraining = request.complete || (contentLengthOf(request) ?? Infinity) <= drainMaxBytes
  response.writeHead(error.status, {
    'Content-Type': 'application/json',
    'Content-Length': body.byteLength,
    ...(error.code === 'UNAUTHORIZED' && { 'WWW-Authenticate': 'Basic realm="Stele"' }),
    ...(error.code === 'RANGE_INVALID' && size !== undefined && { 'Content-Range': `bytes */${String(size)}` }),
    ...(!isWorthDraining && { Connection: 'close' }),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
  request.resume()
}

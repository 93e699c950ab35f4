import type { IncomingMessage } from 'node:http'
import { type BodyLimit, readBoundedBody } from '@/lib/domain/bounded-body'

/**
 * The request's body in chunks. Keeps the connection open when reading stops early, so that the client can read the
 * error: a plain `for await` over a request destroys its socket.
 */
function bodyOf(request: IncomingMessage): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) }
}

/** The request's declared length in bytes; null when it has none (chunked). */
export function contentLengthOf(request: IncomingMessage): number | null {
  const header = request.headers['content-length']
  return header === undefined ? null : Number(header)
}

/** The request's whole body. Throws what `readBoundedBody` throws. */
export function readBody(request: IncomingMessage, limit: BodyLimit): Promise<Uint8Array> {
  return readBoundedBody({ declaredBytes: contentLengthOf(request), chunks: bodyOf(request) }, limit)
}

import { AppError, type ErrorCode } from './errors'

/** The body of a request, as its door receives it. */
export interface IncomingBody {
  /** The length that the request declares, in bytes; null where it declares none. */
  readonly declaredBytes: number | null
  /** Must leave the connection as it is when reading stops early, so that the client can still read the answer. */
  readonly chunks: AsyncIterable<Uint8Array>
}

/** How much of a body is read, and how more is refused. */
export interface BodyLimit {
  readonly maxBytes: number
  readonly code: Extract<ErrorCode, 'PAYLOAD_TOO_LARGE' | 'MANIFEST_TOO_LARGE'>
}

/**
 * The whole body, in memory. One that is longer than the limit is refused with the limit's code: before any of it is read
 * where the request declares its length, and otherwise as soon as it is too long. Throws UPLOAD_INCOMPLETE where the
 * chunks fail: the client has left.
 */
export async function readBoundedBody(
  { declaredBytes, chunks }: IncomingBody,
  { maxBytes, code }: BodyLimit,
): Promise<Uint8Array> {
  const tooLarge = () => new AppError(code, { detail: { limitBytes: maxBytes } })
  if (declaredBytes !== null && declaredBytes > maxBytes) throw tooLarge()
  const received: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of chunks) {
      length += chunk.byteLength
      if (length > maxBytes) throw tooLarge()
      received.push(chunk)
    }
  } catch (error) {
    throw AppError.is(error) ? error : new AppError('UPLOAD_INCOMPLETE', { cause: error })
  }
  return concatenate(received, length)
}

function concatenate(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = parts
  if (first !== undefined && parts.length === 1) return first
  const whole = new Uint8Array(length)
  let position = 0
  for (const part of parts) {
    whole.set(part, position)
    position += part.byteLength
  }
  return whole
}

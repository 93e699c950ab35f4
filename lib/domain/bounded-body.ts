import { AppError, type ErrorCode } from './errors'

/** The body of a request, as the door provides it. */
export interface IncomingBody {
  /** The length that the request declares, in bytes; null if it declares none. */
  readonly declaredBytes: number | null
  /** Must keep the connection open when reading stops early, so that the client can still read the answer. */
  readonly chunks: AsyncIterable<Uint8Array>
}

/** The limit of a body, and the error code for a longer one. */
export interface BodyLimit {
  readonly maxBytes: number
  readonly code: Extract<ErrorCode, 'PAYLOAD_TOO_LARGE' | 'MANIFEST_TOO_LARGE'>
}

/**
 * Reads the whole body into memory. Throws the limit's code for a longer body: before reading if the request declares
 * its length, otherwise as soon as the limit is exceeded. Throws UPLOAD_INCOMPLETE when the chunks fail, because the
 * client disconnected.
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

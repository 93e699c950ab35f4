import { AppError, type ErrorCode } from './errors'

/** The body of a request, as the door provides it. */
export interface IncomingBody {
  /** The length that the request declares, in bytes; null if it declares none. */
  readonly declaredBytes: number | null
  /** Must keep the connection open when reading stops early, so that the client can still read the answer. */
  readonly chunks: AsyncIterable<Uint8Array>
}

/** The limits of a body, and the error code for a longer one. */
export interface BodyLimit {
  readonly maxBytes: number
  readonly code: Extract<ErrorCode, 'PAYLOAD_TOO_LARGE' | 'MANIFEST_TOO_LARGE'>
  /** Time for the whole body, in milliseconds; absent: any time while bytes arrive. */
  readonly timeoutMs?: number
}

/** Time for a body that a caller without credentials may send, in milliseconds: as much as for the head of a request. */
export const openBodyTimeoutMs = 20_000

/**
 * Reads the whole body into memory. Throws the limit's code for a longer body: before reading if the request declares
 * its length, otherwise as soon as the limit is exceeded. Throws REQUEST_TIMEOUT, which closes the connection, when the
 * time is over, and UPLOAD_INCOMPLETE when the chunks fail, because the client disconnected.
 */
export async function readBoundedBody(body: IncomingBody, limit: BodyLimit): Promise<Uint8Array> {
  const { timeoutMs } = limit
  if (timeoutMs === undefined) return readAll(body, limit)
  let timer: NodeJS.Timeout | undefined
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow()), timeoutMs)
  })
  try {
    return await Promise.race([readAll(body, limit), end])
  } finally {
    clearTimeout(timer)
  }
}

function tooSlow(): AppError {
  const message = 'the body of the request took too long'
  return new AppError('REQUEST_TIMEOUT', { message, headers: { Connection: 'close' } })
}

async function readAll({ declaredBytes, chunks }: IncomingBody, { maxBytes, code }: BodyLimit): Promise<Uint8Array> {
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

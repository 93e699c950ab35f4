import { AppError } from './errors'

/** Bytes `start` to `end` of something, both inclusive, counted from 0. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** The part of the content that a `Range` header requests. */
export type RequestedRange = { readonly kind: 'whole' } | ({ readonly kind: 'range' } & ByteRange)

const whole: RequestedRange = { kind: 'whole' }

/**
 * Parses `Range: bytes=…` for content of `size` bytes (RFC 9110, 14.2). Another unit, several ranges or a malformed
 * header select the whole content, as the RFC requires. An end beyond the last byte is clipped.
 *
 * Throws RANGE_INVALID, with the size, when the range has no byte of the content. This includes `500-0`: the RFC would
 * ignore it, but the OCI conformance suite expects 416.
 */
export function parseRange(header: string | undefined, size: number): RequestedRange {
  const match = /^bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*$/i.exec(header ?? '')
  if (match === null) return whole
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return whole

  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (start > end) throw rangeNotSatisfiable(size)
  return { kind: 'range', start, end }
}

/** The error for a range outside content of `size` bytes. The response states the size (RFC 9110, 14.4). */
export function rangeNotSatisfiable(size: number): AppError {
  return new AppError('RANGE_INVALID', {
    message: `the range is outside the content of ${size} bytes`,
    detail: { size },
    headers: { 'Content-Range': `bytes */${size}` },
  })
}

/**
 * Parses the `Content-Range: <start>-<end>` of an upload's chunk, which has no unit (OCI distribution-spec, "Pushing a
 * blob in chunks"). Throws BLOB_UPLOAD_INVALID for any other form and RANGE_INVALID when the end comes before the
 * start.
 */
export function parseUploadRange(header: string): ByteRange {
  const match = /^([0-9]+)-([0-9]+)$/.exec(header)
  if (match === null) {
    throw new AppError('BLOB_UPLOAD_INVALID', {
      message: 'Content-Range must be <first byte>-<last byte>, without a unit',
    })
  }
  const start = Number(match[1])
  const end = Number(match[2])
  if (start > end || !Number.isSafeInteger(end)) throw new AppError('RANGE_INVALID')
  return { start, end }
}

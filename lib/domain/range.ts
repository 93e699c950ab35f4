import { AppError } from './errors'

/** Bytes `start` to `end` of something, both inclusive, counted from 0. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** The parts of the content that a `Range` header requests, at least one. */
export type RequestedRange =
  { readonly kind: 'whole' } | { readonly kind: 'parts'; readonly parts: readonly [ByteRange, ...ByteRange[]] }

const whole: RequestedRange = { kind: 'whole' }

/** Most ranges of one header. A header with more selects the whole content. */
const rangesMax = 100

/**
 * Parses `Range: bytes=…` for content of `size` bytes (RFC 9110, 14.2). Another unit, a malformed header or more than
 * 100 ranges select the whole content, as the RFC allows. An end beyond the last byte is clipped, ranges without a byte
 * of the content are left out, and ranges that touch become one, so that no byte is sent twice.
 *
 * Throws RANGE_INVALID, with the size, when no range has a byte of the content. This includes `500-0`: the RFC would
 * ignore it, but the OCI conformance suite expects 416.
 */
export function parseRange(header: string | undefined, size: number): RequestedRange {
  const list = /^bytes=(.*)$/i.exec(header ?? '')?.[1]
  const elements = (list ?? '').split(',').map((element) => element.trim())
  const matches = elements.filter((element) => element !== '').map((element) => /^([0-9]*)-([0-9]*)$/.exec(element))
  if (matches.length === 0 || matches.length > rangesMax) return whole
  const parts: ByteRange[] = []
  for (const match of matches) {
    const [, first = '', last = ''] = match ?? []
    if (first === '' && last === '') return whole
    const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
    const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
    if (start <= end) parts.push({ start, end })
  }
  const [one, ...others] = coalesce(parts)
  if (one === undefined) throw rangeNotSatisfiable(size)
  return { kind: 'parts', parts: [one, ...others] }
}

/** Joins ranges that overlap or follow each other. Without any, the order stays as requested (RFC 9110, 15.3.7.2). */
function coalesce(parts: readonly ByteRange[]): readonly ByteRange[] {
  const joined: ByteRange[] = []
  for (const part of parts.toSorted((a, b) => a.start - b.start)) {
    const before = joined.at(-1)
    if (before === undefined || part.start > before.end + 1) joined.push(part)
    else joined[joined.length - 1] = { start: before.start, end: Math.max(before.end, part.end) }
  }
  return joined.length === parts.length ? parts : joined
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

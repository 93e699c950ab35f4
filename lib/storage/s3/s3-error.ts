import { AppError } from '@/lib/domain/errors'

/** An answer of the store that is not a success. */
export class S3Error extends Error {
  constructor(
    readonly status: number,
    /** Of S3, such as `NoSuchKey`; empty when the answer has none. */
    readonly code: string,
    request: string,
  ) {
    super(`the S3 store answered ${status} ${code} to ${request}`.replace('  ', ' '))
  }
}

const retriedCodes = new Set([
  ...[
    'InternalError',
    'SlowDown',
    'ServiceUnavailable',
    'RequestTimeout',
    'OperationAborted',
    'ConditionalRequestConflict',
    'Throttling',
  ],
  // Signed with credentials that have just expired, or a body that did not arrive as it was sent.
  ...['ExpiredToken', 'BadDigest', 'XAmzContentSHA256Mismatch', 'IncompleteBody', 'MalformedXML'],
])

/** Whether another attempt may succeed: after a failure of the connection too, which is no `S3Error`. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof S3Error)) return true
  return error.status >= 500 || error.status === 408 || error.status === 429 || retriedCodes.has(error.code)
}

const fullCodes = new Set(['QuotaExceeded', 'XMinioStorageFull', 'InsufficientStorage'])

/** Whether the store refused for want of room. */
function isFull(error: unknown): boolean {
  return error instanceof S3Error && (error.status === 507 || fullCodes.has(error.code))
}

/** Whether the store answered that what was asked for is not there. */
export function isMissing(error: unknown, code: 'NoSuchKey' | 'NoSuchUpload'): boolean {
  return error instanceof S3Error && error.status === 404 && error.code === code
}

/** The AppError for a failure of the store: STORAGE_FULL for want of room, else UNAVAILABLE. An AppError stays. */
export function storageError(error: unknown): AppError {
  if (AppError.is(error)) return error
  return new AppError(isFull(error) ? 'STORAGE_FULL' : 'UNAVAILABLE', { cause: error })
}

/** For `catch`: throws the AppError for a failure of the store. */
export function rethrow(error: unknown): never {
  throw storageError(error)
}

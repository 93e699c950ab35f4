/**
 * Every failure a caller may see. One row per code; never a second map from code to status.
 *
 * A code is the OCI specification's where one exists (distribution-spec, "Error Codes"). `wire` names the OCI code
 * that container clients are sent for a code of our own: they treat unknown codes badly (see docs/decisions).
 */
const ERRORS = {
  BLOB_UNKNOWN: { status: 404, message: 'blob unknown to registry' },
  BLOB_UPLOAD_INVALID: { status: 400, message: 'blob upload invalid' },
  BLOB_UPLOAD_UNKNOWN: { status: 404, message: 'blob upload unknown to registry' },
  DIGEST_INVALID: { status: 400, message: 'provided digest did not match uploaded content' },
  MANIFEST_BLOB_UNKNOWN: { status: 404, message: 'manifest references a manifest or blob unknown to registry' },
  MANIFEST_INVALID: { status: 400, message: 'manifest invalid' },
  MANIFEST_UNKNOWN: { status: 404, message: 'manifest unknown to registry' },
  NAME_INVALID: { status: 400, message: 'invalid repository name' },
  NAME_UNKNOWN: { status: 404, message: 'repository name not known to registry' },
  SIZE_INVALID: { status: 400, message: 'provided length did not match content length' },
  UNAUTHORIZED: { status: 401, message: 'authentication required' },
  SECOND_FACTOR_REQUIRED: {
    status: 401,
    wire: 'UNAUTHORIZED',
    message: 'a code of the second factor is needed too: send all again with it as `code`',
  },
  SECOND_FACTOR_INVALID: {
    status: 401,
    wire: 'UNAUTHORIZED',
    message: 'the code of the second factor is wrong or was used before',
  },
  TOO_MANY_ATTEMPTS: {
    status: 429,
    wire: 'TOOMANYREQUESTS',
    message: 'too many failed attempts to log on, try again later',
  },
  TOKEN_INVALID: { status: 401, wire: 'UNAUTHORIZED', message: 'the token is not valid here' },
  SCOPE_INSUFFICIENT: { status: 401, wire: 'DENIED', message: 'requested access to the resource is denied' },
  DENIED: { status: 403, message: 'requested access to the resource is denied' },
  UNSUPPORTED: { status: 405, message: 'the operation is unsupported' },

  TAG_INVALID: { status: 400, wire: 'MANIFEST_INVALID', message: 'invalid tag' },
  TAG_IMMUTABLE: {
    status: 409,
    wire: 'DENIED',
    message: 'The requested tag already exists and cannot be overwritten.',
  },
  TAG_UNDELETABLE: { status: 409, wire: 'DENIED', message: 'The requested tag is immutable and cannot be deleted.' },
  TAG_RESERVED: {
    status: 409,
    wire: 'DENIED',
    message: 'The requested tag was deleted from an immutable repository and may only return with its former digest.',
  },
  CONTENT_PROTECTED: {
    status: 409,
    wire: 'DENIED',
    message: 'The content is reached by an immutable tag and cannot be deleted.',
  },
  TAGS_TOO_MANY: { status: 414, wire: 'UNSUPPORTED', message: 'a push takes at most 10 tag parameters' },
  PRECONDITION_FAILED: { status: 412, wire: 'DENIED', message: 'the precondition of the request does not hold' },
  MANIFEST_TOO_LARGE: { status: 413, wire: 'SIZE_INVALID', message: 'manifest exceeds the size limit' },
  RANGE_INVALID: { status: 416, wire: 'BLOB_UPLOAD_INVALID', message: 'the range does not fit' },
  UPLOAD_BUSY: { status: 409, wire: 'BLOB_UPLOAD_INVALID', message: 'another request is writing to this upload' },
  UPLOAD_INCOMPLETE: { status: 400, wire: 'BLOB_UPLOAD_INVALID', message: 'the request body ended early' },
  PAGE_INVALID: { status: 400, wire: 'UNSUPPORTED', message: 'invalid page parameters' },

  BAD_REQUEST: { status: 400, wire: 'UNSUPPORTED', message: 'the request is not valid' },
  NOT_FOUND: { status: 404, wire: 'NAME_UNKNOWN', message: 'not found' },
  GRANT_TYPE_UNSUPPORTED: {
    status: 400,
    wire: 'UNSUPPORTED',
    message: 'grant_type is password or refresh_token',
  },
  METHOD_NOT_ALLOWED: { status: 405, wire: 'UNSUPPORTED', message: 'the method is not allowed here' },
  ALREADY_EXISTS: { status: 409, wire: 'DENIED', message: 'it exists already' },
  NOT_EMPTY: { status: 409, wire: 'DENIED', message: 'it is not empty' },
  INSTANCE_IS_DEFAULT: { status: 409, wire: 'DENIED', message: 'the default instance cannot be deleted' },
  REPOSITORY_PROTECTED: { status: 409, wire: 'DENIED', message: 'the repository has immutable tags' },
  LIMIT_REACHED: { status: 409, wire: 'DENIED', message: 'there may be no more of them' },
  LAST_ADMINISTRATOR: { status: 409, wire: 'DENIED', message: 'there must be an enabled administrator besides' },
  OWN_ACCOUNT: { status: 409, wire: 'DENIED', message: 'nobody does this to their own account' },
  ALREADY_RUNNING: { status: 409, wire: 'DENIED', message: 'it is running already' },
  IDEMPOTENCY_CONFLICT: {
    status: 422,
    wire: 'UNSUPPORTED',
    message: 'the Idempotency-Key was used for another request',
  },
  PAYLOAD_TOO_LARGE: { status: 413, wire: 'SIZE_INVALID', message: 'the request body exceeds the limit' },
  URL_TOO_LONG: { status: 414, wire: 'UNSUPPORTED', message: 'the address of the request is too long' },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, wire: 'UNSUPPORTED', message: 'the content type is not supported' },

  INTERNAL: { status: 500, wire: 'UNKNOWN', message: 'internal error' },
  UNAVAILABLE: { status: 503, wire: 'UNKNOWN', message: 'the service is unavailable, nothing was changed' },
  STOPPING: { status: 503, wire: 'UNKNOWN', message: 'the server is stopping, try again in a moment' },
  STORAGE_FULL: { status: 507, wire: 'UNKNOWN', message: 'out of storage space' },
} as const satisfies Record<string, { status: number; message: string; wire?: string }>

/** A code of the error table. */
export type ErrorCode = keyof typeof ERRORS

/** Every code of the table, for tests and documents. */
export const errorCodes = Object.keys(ERRORS) as ErrorCode[]

/** Facts about one failure, flat, safe to show the caller. */
export type ErrorDetail = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** One field of a request that failed its schema: where, and what it takes. */
export interface FieldError {
  readonly path: string
  readonly message: string
}

interface AppErrorOptions {
  message?: string
  detail?: ErrorDetail
  fields?: readonly FieldError[]
  cause?: unknown
}

const brand = Symbol.for('stele.AppError')

/**
 * The one error class. `message` and `detail` may be shown to the caller; `cause` is only logged.
 *
 * Recognize it with `AppError.is`, not `instanceof`: the server's bundle and Next's hold a copy of this class each.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly [brand] = true
  readonly code: ErrorCode
  readonly detail: ErrorDetail | undefined
  readonly fields: readonly FieldError[] | undefined

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.message ?? ERRORS[code].message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.detail = options.detail
    this.fields = options.fields
  }

  /** The HTTP status of the code. */
  get status(): number {
    return ERRORS[this.code].status
  }

  /** The OCI code container clients are sent. */
  get wireCode(): string {
    const row = ERRORS[this.code]
    return 'wire' in row ? row.wire : this.code
  }

  /** Whether `error` is an AppError of any copy of this module. */
  static is(error: unknown): error is AppError {
    return typeof error === 'object' && error !== null && brand in error
  }

  /** Wraps anything thrown. A stranger becomes INTERNAL: its text is logged through `cause`, never sent. */
  static from(error: unknown): AppError {
    return AppError.is(error) ? error : new AppError('INTERNAL', { cause: error })
  }
}

/**
 * Every failure a caller may see. One row per code; never a second map from code to status.
 *
 * Codes are those of the OCI specification where one exists (distribution-spec, "Error Codes"). `wire` is the OCI code
 * that container clients get in place of our own code, because they handle unknown codes badly
 * (docs/decisions/0005-answer-of-a-refused-push.md). `acr` is what ACR's API calls it; `*` stands for the object that the
 * error is about (`AppError.about`). Where ACR has no name, its clients get our own code.
 */
const ERRORS = {
  BLOB_UNKNOWN: { status: 404, message: 'blob unknown to registry' },
  BLOB_UPLOAD_INVALID: { status: 400, message: 'blob upload invalid' },
  BLOB_UPLOAD_UNKNOWN: { status: 404, message: 'blob upload unknown to registry' },
  DIGEST_INVALID: { status: 400, message: 'provided digest did not match uploaded content' },
  MANIFEST_BLOB_UNKNOWN: { status: 404, message: 'manifest references a manifest or blob unknown to registry' },
  MANIFEST_INVALID: { status: 400, message: 'manifest invalid' },
  MANIFEST_UNKNOWN: { status: 404, acr: 'TAG_NOT_EXIST', message: 'manifest unknown to registry' },
  NAME_INVALID: { status: 400, acr: 'InvalidParameter', message: 'invalid repository name' },
  NAME_UNKNOWN: { status: 404, acr: 'REPO_NOT_EXIST', message: 'repository name not known to registry' },
  SIZE_INVALID: { status: 400, message: 'provided length did not match content length' },
  UNAUTHORIZED: { status: 401, acr: 'NoPrivilege', message: 'authentication required' },
  SECOND_FACTOR_REQUIRED: {
    status: 401,
    wire: 'UNAUTHORIZED',
    message: 'a second-factor code is required: send the request again with the code in `code`',
  },
  SECOND_FACTOR_INVALID: {
    status: 401,
    wire: 'UNAUTHORIZED',
    message: 'the second-factor code is wrong or was already used',
  },
  TOO_MANY_ATTEMPTS: {
    status: 429,
    acr: 'Throttling.User',
    wire: 'TOOMANYREQUESTS',
    message: 'too many failed log-on attempts, try again later',
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    acr: 'Throttling.User',
    wire: 'TOOMANYREQUESTS',
    message: 'too many requests with this access key, try again later',
  },
  TOKEN_INVALID: { status: 401, wire: 'UNAUTHORIZED', message: 'the registry token is not valid' },
  SCOPE_INSUFFICIENT: {
    status: 401,
    wire: 'DENIED',
    acr: 'NoPrivilege',
    message: 'requested access to the resource is denied',
  },
  DENIED: { status: 403, acr: 'NoPrivilege', message: 'requested access to the resource is denied' },
  ORIGIN_REFUSED: {
    status: 403,
    wire: 'DENIED',
    message: 'the request is not from a page of this server',
  },
  UNSUPPORTED: { status: 405, message: 'the operation is unsupported' },

  TAG_INVALID: { status: 400, wire: 'MANIFEST_INVALID', acr: 'InvalidParameter', message: 'invalid tag' },
  TAG_IMMUTABLE: {
    status: 409,
    wire: 'DENIED',
    message: 'The requested tag already exists and cannot be overwritten.',
  },
  TAG_APPEND_ONLY: {
    status: 409,
    wire: 'DENIED',
    message:
      'The requested tag changed meanwhile, and this push would remove entries from it. Nothing was overwritten: sign again.',
  },
  TAG_UNDELETABLE: { status: 409, wire: 'DENIED', message: 'The requested tag is immutable and cannot be deleted.' },
  TAG_RESERVED: {
    status: 409,
    wire: 'DENIED',
    message:
      'The requested tag was deleted from an immutable repository and can only be pushed with its former digest.',
  },
  DIGEST_NOT_IN_HISTORY: {
    status: 409,
    wire: 'DENIED',
    message: 'the tag never pointed at this digest: only a digest of its history can be restored',
  },
  MANIFEST_GONE: {
    status: 409,
    wire: 'DENIED',
    message: 'the repository no longer has this manifest: push it again',
  },
  TAG_NOT_PROTECTED: {
    status: 409,
    wire: 'DENIED',
    message: 'The tag can be overwritten anyway: the repository does not enforce immutability, or the tag is exempt.',
  },
  ALREADY_OPEN: { status: 409, wire: 'DENIED', message: 'the tag is open already' },
  CONTENT_PROTECTED: {
    status: 409,
    wire: 'DENIED',
    message: 'The content is referenced by an immutable tag and cannot be deleted.',
  },
  TAGS_TOO_MANY: { status: 414, wire: 'UNSUPPORTED', message: 'a push may have at most 10 tag parameters' },
  PRECONDITION_FAILED: { status: 412, wire: 'DENIED', message: 'the If-Match or If-None-Match condition is not met' },
  MANIFEST_TOO_LARGE: { status: 413, wire: 'SIZE_INVALID', message: 'manifest exceeds the size limit' },
  RANGE_INVALID: { status: 416, wire: 'BLOB_UPLOAD_INVALID', message: 'the range does not match the stored content' },
  UPLOAD_BUSY: { status: 409, wire: 'BLOB_UPLOAD_INVALID', message: 'another request is writing to this upload' },
  UPLOAD_INCOMPLETE: { status: 400, wire: 'BLOB_UPLOAD_INVALID', message: 'the request body ended early' },
  PAGE_INVALID: { status: 400, wire: 'UNSUPPORTED', acr: 'InvalidParameter', message: 'invalid page parameters' },

  BAD_REQUEST: { status: 400, wire: 'UNSUPPORTED', acr: 'InvalidParameter', message: 'the request is not valid' },
  NOT_FOUND: { status: 404, wire: 'NAME_UNKNOWN', acr: '*_NOT_EXIST', message: 'not found' },
  GRANT_TYPE_UNSUPPORTED: {
    status: 400,
    wire: 'UNSUPPORTED',
    message: 'grant_type must be password or refresh_token',
  },
  METHOD_NOT_ALLOWED: { status: 405, wire: 'UNSUPPORTED', message: 'the method is not allowed for this resource' },
  ALREADY_EXISTS: { status: 409, wire: 'DENIED', acr: '*_ALREADY_EXIST', message: 'the resource already exists' },
  NOT_EMPTY: { status: 409, wire: 'DENIED', message: 'the resource is not empty' },
  INSTANCE_IS_DEFAULT: { status: 409, wire: 'DENIED', message: 'the default instance cannot be deleted' },
  REPOSITORY_PROTECTED: { status: 409, wire: 'DENIED', message: 'the repository has immutable tags' },
  LIMIT_REACHED: { status: 409, wire: 'DENIED', message: 'the limit is reached' },
  LAST_ADMINISTRATOR: { status: 409, wire: 'DENIED', message: 'another enabled administrator is required' },
  INVITATION_ENDED: {
    status: 410,
    wire: 'DENIED',
    message: 'the invitation expired, was used, or was revoked: ask an administrator for a new one',
  },
  OWN_ACCOUNT: { status: 409, wire: 'DENIED', message: 'you cannot do this to your own account' },
  ALREADY_RUNNING: { status: 409, wire: 'DENIED', message: 'a run is already in progress' },
  IDEMPOTENCY_CONFLICT: {
    status: 422,
    wire: 'UNSUPPORTED',
    message: 'the Idempotency-Key was already used for another request',
  },
  PAYLOAD_TOO_LARGE: { status: 413, wire: 'SIZE_INVALID', message: 'the request body exceeds the limit' },
  URL_TOO_LONG: { status: 414, wire: 'UNSUPPORTED', message: 'the request URL is too long' },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, wire: 'UNSUPPORTED', message: 'the content type is not supported' },
  REQUEST_TIMEOUT: { status: 408, wire: 'UNSUPPORTED', message: 'the head of the request took too long' },
  EXPECTATION_FAILED: { status: 417, wire: 'UNSUPPORTED', message: 'Expect takes only 100-continue' },
  HEAD_TOO_LARGE: { status: 431, wire: 'UNSUPPORTED', message: 'the head of the request is too long' },

  ACCESS_KEY_MISSING: {
    status: 400,
    acr: 'MissingAccessKeyId',
    wire: 'UNAUTHORIZED',
    message: 'AccessKeyId is mandatory for this action.',
  },
  ACCESS_KEY_UNKNOWN: {
    status: 404,
    acr: 'InvalidAccessKeyId.NotFound',
    wire: 'UNAUTHORIZED',
    message: 'Specified access key is not found.',
  },
  ACCESS_KEY_INACTIVE: {
    status: 403,
    acr: 'InvalidAccessKeyId.Inactive',
    wire: 'UNAUTHORIZED',
    message: 'Specified access key is disabled.',
  },
  SIGNATURE_INCOMPLETE: {
    status: 400,
    acr: 'IncompleteSignature',
    wire: 'UNAUTHORIZED',
    message: 'The request signature does not conform to the standards of ACR.',
  },
  SIGNATURE_MISMATCH: {
    status: 400,
    acr: 'SignatureDoesNotMatch',
    wire: 'UNAUTHORIZED',
    message:
      'Specified signature is not matched with our calculation. Check the secret, and that proxies pass Host on unchanged.',
  },
  TIMESTAMP_EXPIRED: {
    status: 400,
    acr: 'InvalidTimeStamp.Expired',
    wire: 'UNAUTHORIZED',
    message: 'Specified time stamp or date value is expired: it must be within 15 minutes of the time of the server.',
  },
  NONCE_USED: {
    status: 400,
    acr: 'SignatureNonceUsed',
    wire: 'UNAUTHORIZED',
    message: 'Specified signature nonce was used already.',
  },
  SECURITY_TOKEN_UNSUPPORTED: {
    status: 400,
    acr: 'InvalidSecurityToken.Malformed',
    wire: 'UNAUTHORIZED',
    message: 'Security tokens are not supported: sign with an access key and its secret alone.',
  },
  ACTION_UNKNOWN: {
    status: 404,
    acr: 'InvalidAction.NotFound',
    wire: 'UNSUPPORTED',
    message: 'Specified api is not found, please check your url and method.',
  },
  VERSION_UNKNOWN: {
    status: 400,
    acr: 'InvalidVersion',
    wire: 'UNSUPPORTED',
    message: 'Specified parameter Version is not valid: only 2018-12-01 is.',
  },

  INTERNAL: { status: 500, wire: 'UNKNOWN', acr: 'SystemError', message: 'internal error' },
  UNAVAILABLE: {
    status: 503,
    wire: 'UNKNOWN',
    acr: 'ServiceUnavailable',
    message: 'the service is unavailable, nothing was changed',
  },
  STOPPING: {
    status: 503,
    wire: 'UNKNOWN',
    acr: 'ServiceUnavailable',
    message: 'the server is stopping, try again in a moment',
  },
  STORAGE_FULL: { status: 507, wire: 'UNKNOWN', message: 'out of storage space' },
} as const satisfies Record<string, { status: number; message: string; wire?: string; acr?: string }>

/** An error code: the name of a row of the table. */
export type ErrorCode = keyof typeof ERRORS

/** All error codes, for tests and documents. */
export const errorCodes = Object.keys(ERRORS) as ErrorCode[]

/** The kinds of objects that an error can be about, and ACR's word for each in its codes. */
const aboutWords = {
  instance: 'INSTANCE',
  namespace: 'NAMESPACE',
  repository: 'REPO',
  tag: 'TAG',
  user: 'USER',
} as const

/** A kind of object that an error can be about. */
export type About = keyof typeof aboutWords

/** Facts about one failure. Flat, and safe to show to the caller. */
export type ErrorDetail = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** One field of a request that is not valid: its path, and what the schema expects. */
export interface FieldError {
  readonly path: string
  readonly message: string
}

/** Response headers that belong to the error itself. A door adds the headers that only it has. */
export type ErrorHeaders = Readonly<
  Partial<
    Record<
      'Allow' | 'Connection' | 'Content-Range' | 'Docker-Upload-UUID' | 'Location' | 'Range' | 'Retry-After',
      string
    >
  >
>

/** How long a client should wait when the server is unavailable, in seconds: a restart takes about two. */
const unavailableSeconds = 5

interface AppErrorOptions {
  message?: string
  detail?: ErrorDetail
  headers?: ErrorHeaders
  fields?: readonly FieldError[]
  about?: About
  cause?: unknown
}

const brand = Symbol.for('stele.AppError')

/**
 * The one error class. `message` and `detail` may be shown to the caller; `cause` is only logged.
 *
 * Recognize it with `AppError.is`, not `instanceof`: the server's bundle and Next's bundle each hold a copy of this
 * class.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly [brand] = true
  readonly code: ErrorCode
  readonly detail: ErrorDetail | undefined
  readonly fields: readonly FieldError[] | undefined
  /** The kind of object that does not exist, or exists already; undefined where nobody has said it. */
  readonly about: About | undefined
  readonly #headers: ErrorHeaders

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.message ?? ERRORS[code].message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.detail = options.detail
    this.fields = options.fields
    this.about = options.about
    this.#headers = options.headers ?? {}
  }

  /** The HTTP status of the code. */
  get status(): number {
    return ERRORS[this.code].status
  }

  /** The response headers at both doors: the given ones, and `Retry-After` for every 503. */
  get headers(): ErrorHeaders {
    return this.status === 503 ? { 'Retry-After': String(unavailableSeconds), ...this.#headers } : this.#headers
  }

  /** The OCI code that container clients get. */
  get wireCode(): string {
    const row = ERRORS[this.code]
    return 'wire' in row ? row.wire : this.code
  }

  /** The code that clients of ACR's API get. */
  get acrCode(): string {
    const row = ERRORS[this.code]
    const word = this.about === undefined ? 'RESOURCE' : aboutWords[this.about]
    return 'acr' in row ? row.acr.replace('*', word) : this.code
  }

  /** Whether `error` is an AppError, from any copy of this module. */
  static is(error: unknown): error is AppError {
    return typeof error === 'object' && error !== null && brand in error
  }

  /** Wraps anything thrown. An unknown error becomes INTERNAL: its text is logged through `cause`, never sent. */
  static from(error: unknown): AppError {
    return AppError.is(error) ? error : new AppError('INTERNAL', { cause: error })
  }
}

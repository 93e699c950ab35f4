import type { Problem } from '@/lib/api/schemas/common'

/** An error response of the REST API. `problem` is its parsed body; `status` and `code` are taken from it. */
export class ApiError extends Error {
  override readonly name = 'ApiError'

  constructor(readonly problem: Problem) {
    super(problem.detail)
  }

  /** The HTTP status. */
  get status(): number {
    return this.problem.status
  }

  /** The code of the error table. */
  get code(): Problem['code'] {
    return this.problem.code
  }
}

/** No answer came: the server was not reached, or the connection broke before the answer's end. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}

/** Whether `error` is an error response with this code. */
export function isApiError(error: unknown, code: Problem['code']): error is ApiError {
  return error instanceof ApiError && error.code === code
}

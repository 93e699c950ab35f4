import { STATUS_CODES } from 'node:http'
import type { Problem } from '@/lib/api/schemas/common'
import type { AppError, ErrorDetail } from '@/lib/domain/errors'

/** Media type of a problem. */
export const problemType = 'application/problem+json'

/** A refusal as RFC 9457 problem details. Only what the error table and our own code say is in it. */
export function problemOf(error: AppError, requestId: string): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[error.status] ?? error.code,
    status: error.status,
    detail: error.message,
    code: error.code,
    requestId,
    ...(error.fields === undefined ? {} : { errors: error.fields.map((field) => ({ ...field })) }),
    ...(error.detail === undefined ? {} : { context: toContext(error.detail) }),
  }
}

function toContext(detail: ErrorDetail): NonNullable<Problem['context']> {
  const facts = Object.entries(detail).filter(([, fact]) => fact !== undefined)
  return Object.fromEntries(facts) as NonNullable<Problem['context']>
}

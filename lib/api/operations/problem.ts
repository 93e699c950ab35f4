import { STATUS_CODES } from 'node:http'
import type { Problem } from '@/lib/api/schemas/common'
import type { AppError, ErrorDetail, FieldError } from '@/lib/domain/errors'

/** Media type of a problem. */
export const problemType = 'application/problem+json'

/** Most fields that a problem names: a caller chooses how many of its fields are wrong. */
const fieldsMax = 20

/** Longest path of a field that is named whole, in characters: a caller chooses the names of unknown fields. */
const pathMax = 100

/** A refusal as RFC 9457 problem details. Only what the error table and our own code say is in it. */
export function problemOf(error: AppError, requestId: string): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[error.status] ?? error.code,
    status: error.status,
    detail: error.message,
    code: error.code,
    requestId,
    ...(error.fields === undefined ? {} : { errors: error.fields.slice(0, fieldsMax).map(shorten) }),
    ...(error.detail === undefined ? {} : { context: toContext(error.detail) }),
  }
}

function shorten({ path, message }: FieldError): { path: string; message: string } {
  return { path: path.length > pathMax ? `${path.slice(0, pathMax)}…` : path, message }
}

function toContext(detail: ErrorDetail): NonNullable<Problem['context']> {
  const facts = Object.entries(detail).filter(([, fact]) => fact !== undefined)
  return Object.fromEntries(facts) as NonNullable<Problem['context']>
}

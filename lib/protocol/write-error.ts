import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AppError } from '@/lib/domain/errors'
import { sendRefusal } from '@/lib/http/send-refusal'
import type { Refusal } from './refusal'

/** The body of an error response in the format of the distribution specification ("Error Codes"). */
export function errorBody(error: AppError, oauth: Refusal['oauth'] = null): object {
  const entry = { code: error.wireCode, message: error.message, ...(error.detail && { detail: error.detail }) }
  return { errors: [entry], ...oauth }
}

/** Writes an error response in the format of the distribution specification. A HEAD gets no body. */
export function writeError(
  request: IncomingMessage,
  response: ServerResponse,
  error: AppError,
  { challenge, oauth }: Refusal = { challenge: null, oauth: null },
): void {
  sendRefusal(request, response, error, errorBody(error, oauth), {
    'Content-Type': 'application/json',
    ...(challenge !== null && { 'WWW-Authenticate': challenge }),
  })
}

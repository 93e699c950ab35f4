import type { ServerResponse, IncomingMessage } from 'node:http'
import type { AppError } from '@/lib/domain/errors'
import { sendRefusal } from '@/lib/http/send-refusal'

/** The media type of all answers. */
export const answerType = 'application/json;charset=utf-8'

/** The id of a request as ACR writes it. */
export function acrRequestId(requestId: string): string {
  return requestId.toUpperCase()
}

/**
 * Sends an error in the form of ACR's gateway, which its SDKs throw. `IsSuccess` is for scripts that look at it in every
 * answer. A caller learns no more of an unknown error than the id that leads to it in the log.
 */
export function sendFailure(
  request: IncomingMessage,
  response: ServerResponse,
  { error, requestId }: { readonly error: AppError; readonly requestId: string },
): void {
  const retryAfter = error.headers['Retry-After']
  const body = {
    RequestId: acrRequestId(requestId),
    HostId: request.headers.host ?? '',
    Code: error.acrCode,
    Message: messageOf(error),
    Recommend: `See the error code ${error.code} in the README of Stele.`,
    IsSuccess: false,
  }
  sendRefusal(request, response, error, body, {
    'Content-Type': answerType,
    'Cache-Control': 'no-store',
    // The SDKs read it, in milliseconds.
    ...(retryAfter !== undefined && { 'x-acs-retry-after': String(Number(retryAfter) * 1000) }),
  })
}

/** The message, with the parameters that are not valid. */
function messageOf({ message, fields = [] }: AppError): string {
  if (fields.length === 0) return message
  return `${message}: ${fields.map(({ path, message: expected }) => `${path}: ${expected}`).join('; ')}`
}

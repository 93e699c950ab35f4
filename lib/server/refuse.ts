import { STATUS_CODES } from 'node:http'
import { sendFailure } from '@/lib/acr/failure'
import { problemOf, problemType } from '@/lib/api/operations/problem'
import type { AppError } from '@/lib/domain/errors'
import { sendRefusal } from '@/lib/http/send-refusal'
import { isRegistryPath } from '@/lib/protocol/handler'
import { errorBody, writeError } from '@/lib/protocol/write-error'
import type { Exchange } from './exchange'

/** A request that is refused before its door has looked at it. */
export type RefusedRequest = Pick<Exchange, 'door' | 'request' | 'response' | 'requestId'>

/** Answers a request in the form of its door: the specification's at the registry, ACR's at its API, problem
 * details elsewhere. */
export function refuse({ door, request, response, requestId }: RefusedRequest, error: AppError): void {
  response.setHeader('X-Request-Id', requestId)
  if (door === 'registry') {
    writeError(request, response, error)
    return
  }
  if (door === 'acr') {
    sendFailure(request, response, { error, requestId })
    return
  }
  sendRefusal(request, response, error, problemOf(error, requestId), {
    'Content-Type': problemType,
    'Cache-Control': 'no-store',
  })
}

/**
 * The same as text, head and all, for a connection on which no answer can be made by Node. `url` is the address of the
 * request, null where it could not be read: then it is answered with problem details.
 */
export function refusalText(url: string | null, error: AppError, requestId: string): string {
  const isRegistry = url !== null && isRegistryPath(url)
  const body = JSON.stringify(isRegistry ? errorBody(error) : problemOf(error, requestId))
  const headers = {
    'Content-Type': isRegistry ? 'application/json' : problemType,
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'X-Request-Id': requestId,
    Connection: 'close',
    ...error.headers,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${lines.join('')}\r\n${body}`
}

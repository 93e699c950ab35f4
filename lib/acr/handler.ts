import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { z } from 'zod'
import { authenticateSignedRequest } from '@/lib/auth/signed-requests'
import type { Context } from '@/lib/context'
import { openBodyTimeoutMs } from '@/lib/domain/bounded-body'
import { AppError, type ErrorCode } from '@/lib/domain/errors'
import { readBody } from '@/lib/http/incoming-body'
import { originOf } from '@/lib/http/origin-of'
import { RequestLimit } from '@/lib/limits/request-limit'
import type { Action } from './action'
import { actions as allActions } from './actions'
import { acrRequestId, answerType, sendFailure } from './failure'
import { readParameters } from './read-parameters'
import { readSignature } from './signing/read-signature'
import { type RequestParts, SentHeaders } from './signing/request-parts'

/** The data of a request for logs and metrics. The handler sets the fields that only it knows. */
export interface AcrExchange {
  readonly requestId: string
  /** The name of the action; null for an action that does not exist. */
  route: string | null
  /** The error code when the request was refused or failed; null otherwise. */
  error: ErrorCode | null
}

/** Answers a request for which `isAcrRequest` is true. */
export type AcrHandler = (request: IncomingMessage, response: ServerResponse, exchange?: AcrExchange) => void

/** What a test replaces. */
export interface AcrSettings {
  readonly now?: () => Date
  readonly actions?: Readonly<Record<string, Action>>
  readonly requestsPerMinute?: number
}

/**
 * How many requests an access key may make in a minute, in each process that answers: each leaves a row for an hour, so
 * this bounds what a key can fill.
 */
const requestsPerMinuteMax = 3_000

/** Largest form that is read, in bytes: far more than the longest description takes, percent-encoded. */
const formMaxBytes = 64 * 1024

/** The one version of the API. */
const apiVersion = '2018-12-01'

/**
 * ACR's API: a request handler for `/`. All errors of actions are caught only here and answered in the form of ACR's
 * gateway, without the text of unknown errors.
 */
export function createAcrHandler(
  ctx: Context,
  { now = () => new Date(), actions = allActions, requestsPerMinute = requestsPerMinuteMax }: AcrSettings = {},
): AcrHandler {
  const limit = new RequestLimit(requestsPerMinute)
  return (request, response, exchange = { requestId: randomUUID(), route: null, error: null }) => {
    answer({ ctx, request, exchange, now, limit, actions }).then(
      (fields) => sendFields(response, fields, exchange.requestId),
      (cause: unknown) => fail(ctx, request, response, { cause, exchange }),
    )
  }
}

interface Serving {
  readonly ctx: Context
  readonly request: IncomingMessage
  readonly exchange: AcrExchange
  readonly now: () => Date
  readonly limit: RequestLimit
  readonly actions: Readonly<Record<string, Action>>
}

/** Does what the request asks for. Nothing is done for a caller who has not proven to be the signer. */
async function answer({
  ctx,
  request,
  exchange,
  now,
  limit,
  actions,
}: Serving): Promise<Readonly<Record<string, unknown>>> {
  const parts = await readParts(request)
  const signature = readSignature(parts)
  // `constructor` is a name that every object has.
  const asked = Object.hasOwn(actions, signature.action) ? actions[signature.action] : undefined
  exchange.route = asked?.name ?? null
  const principal = await authenticateSignedRequest(ctx, signature, originOf(request), { now: now(), limit })
  if (signature.version !== apiVersion) throw new AppError('VERSION_UNKNOWN')
  if (asked === undefined) throw new AppError('ACTION_UNKNOWN')
  const input = readInput(asked.input, parts.parameters)
  return asked.run({ ctx, principal, input, host: request.headers.host ?? '' })
}

/** Reads the request to its end. Throws BAD_REQUEST and what `readBoundedBody` throws. */
async function readParts(request: IncomingMessage): Promise<RequestParts> {
  const { method = '', url = '', rawHeaders, headers } = request
  const body = await readBody(request, {
    maxBytes: formMaxBytes,
    code: 'PAYLOAD_TOO_LARGE',
    timeoutMs: openBodyTimeoutMs,
  })
  const [path = ''] = url.split('?', 1)
  return {
    method,
    path,
    parameters: readParameters(url.slice(path.length + 1), readForm(request, body)),
    headers: new SentHeaders(rawHeaders, headers.host),
    body,
  }
}

/** The text of a form body. Throws MEDIA_TYPE_UNSUPPORTED for any other, and BAD_REQUEST for the body of a GET. */
function readForm({ method, headers }: IncomingMessage, body: Uint8Array): string {
  if (body.byteLength === 0) return ''
  if (method === 'GET') throw new AppError('BAD_REQUEST', { message: 'a GET has no body' })
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded' || headers['content-encoding'] !== undefined) {
    throw new AppError('MEDIA_TYPE_UNSUPPORTED', { message: 'the body must be application/x-www-form-urlencoded' })
  }
  return Buffer.from(body).toString('latin1')
}

/** Most parameters that an error names. */
const namedMax = 20

/**
 * The parameters that the action's schema names, by the schema; it never sees another one. Throws BAD_REQUEST with those
 * that are not valid.
 */
function readInput<Input extends z.ZodObject>(schema: Input, parameters: ReadonlyMap<string, string>): z.output<Input> {
  const given: Record<string, string> = {}
  for (const name of Object.keys(schema.shape)) {
    const value = parameters.get(name)
    if (value !== undefined) given[name] = value
  }
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues
    .slice(0, namedMax)
    .map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
  throw new AppError('BAD_REQUEST', { message: 'the parameters are not valid', fields })
}

function sendFields(response: ServerResponse, fields: Readonly<Record<string, unknown>>, requestId: string): void {
  const body = JSON.stringify({ ...fields, RequestId: acrRequestId(requestId), Code: 'success', IsSuccess: true })
  response.writeHead(200, {
    'Content-Type': answerType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  })
  response.end(body)
}

function fail(
  { log }: Context,
  request: IncomingMessage,
  response: ServerResponse,
  { cause, exchange }: { readonly cause: unknown; readonly exchange: AcrExchange },
): void {
  const error = AppError.from(cause)
  const { requestId, route } = exchange
  exchange.error = error.code
  if (error.status >= 500) log.error({ requestId, action: route, err: error.cause ?? error }, error.message)
  sendFailure(request, response, { error, requestId })
}

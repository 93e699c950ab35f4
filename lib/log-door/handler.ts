import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { problemOf, problemType } from '@/lib/api/operations/problem'
import type { Context } from '@/lib/context'
import { AppError, type ErrorCode } from '@/lib/domain/errors'
import { parseTilePath } from '@/lib/domain/transparency/tiles'
import { sendRefusal } from '@/lib/http/send-refusal'
import { type LogPart, readCheckpoint, readLogTile } from '@/lib/registry/transparency/read-log'
import { authenticateReader } from './authenticate-reader'

/** The data of a request for logs and metrics. The handler sets the fields that only it knows. */
export interface LogExchange {
  readonly requestId: string
  /** `checkpoint`, `tile` or `entries`; null for anything else. */
  route: string | null
  /** The error code when the request was refused or failed; null otherwise. */
  error: ErrorCode | null
}

/** Answers a request for which `isLogPath` is true. */
export type LogHandler = (request: IncomingMessage, response: ServerResponse, exchange?: LogExchange) => void

const pathPattern = /^\/log\/([A-Za-z0-9-]{1,64})\/(checkpoint|tile\/[a-z0-9./]{1,80})$/

/** Whether a request is for a transparency log. */
export function isLogPath(url: string): boolean {
  return url.startsWith('/log/')
}

/** The transparency logs: a request handler for `/log/`. All errors are caught only here. */
export function createLogHandler(ctx: Context): LogHandler {
  return (request, response, exchange = { requestId: randomUUID(), route: null, error: null }) => {
    answer(ctx, request, response, exchange).catch((cause: unknown) => {
      const error = AppError.from(cause)
      exchange.error = error.code
      const { requestId } = exchange
      if (error.status >= 500) ctx.log.error({ requestId, err: error.cause ?? error }, error.message)
      sendRefusal(request, response, error, problemOf(error, requestId), {
        'Content-Type': problemType,
        'Cache-Control': 'no-store',
        ...(error.status === 401 && { 'WWW-Authenticate': 'Basic realm="Stele transparency log"' }),
        ...(error.status === 405 && { Allow: 'GET, HEAD' }),
      })
    })
  }
}

async function answer(
  ctx: Context,
  request: IncomingMessage,
  response: ServerResponse,
  exchange: LogExchange,
): Promise<void> {
  const { method = '', url = '', headers } = request
  const [path = ''] = url.split('?', 1)
  const [, name = '', what = ''] = pathPattern.exec(path) ?? []
  const part = parseTilePath(what)
  if (part === null && what !== 'checkpoint') throw new AppError('NOT_FOUND')
  exchange.route = part === null ? 'checkpoint' : part.level === 'entries' ? 'entries' : 'tile'
  if (method !== 'GET' && method !== 'HEAD') throw new AppError('METHOD_NOT_ALLOWED')
  const principal = await authenticateReader(ctx, request)
  const host = headers.host ?? ''
  const read =
    part === null ? readCheckpoint(ctx, principal, host, name) : readLogTile(ctx, principal, host, name, part)
  send(request, response, await read, part === null)
}

/** How long a tile, which never changes, may be kept, in seconds. */
const tileMaxAge = 365 * 24 * 60 * 60

function send({ method }: IncomingMessage, response: ServerResponse, part: LogPart, isCheckpoint: boolean): void {
  const { bytes, isPublic } = part
  const visibility = isPublic ? 'public' : 'private'
  response.writeHead(200, {
    'Content-Type': isCheckpoint ? 'text/plain; charset=utf-8' : 'application/octet-stream',
    'Content-Length': bytes.byteLength,
    // An old checkpoint of a cache would be one that went back.
    'Cache-Control': isCheckpoint ? 'no-store' : `${visibility}, max-age=${tileMaxAge}, immutable`,
    ...(!isPublic && { Vary: 'Authorization, Cookie' }),
  })
  response.end(method === 'HEAD' ? undefined : bytes)
}

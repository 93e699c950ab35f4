import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { problemOf, problemType } from '@/lib/api/operations/problem'
import type { Context } from '@/lib/context'
import { AppError, type ErrorCode } from '@/lib/domain/errors'
import { WriterNeeded } from '@/lib/domain/writer-needed'
import { parseTilePath } from '@/lib/domain/transparency/tiles'
import { sendRefusal } from '@/lib/http/send-refusal'
import type { Principal } from '@/lib/domain/principal'
import { servedKinds } from '@/lib/domain/transparency/served'
import { type LogPart, readCheckpoint, readLogTile } from '@/lib/registry/transparency/read-log'
import { readServedPage, readServedProgress } from '@/lib/registry/transparency/read-served'
import { authenticateReader } from './authenticate-reader'

/** The data of a request for logs and metrics. The handler sets the fields that only it knows. */
export interface LogExchange {
  readonly requestId: string
  /** `checkpoint`, `tile`, `entries` or `served`; null for anything else. */
  route: string | null
  /** The error code when the request was refused or failed; null otherwise. */
  error: ErrorCode | null
}

/**
 * Answers a request for which `isLogPath` is true. Where the process only reads, `passOn` has another one answer what needs
 * that one; it is called before anything was answered.
 */
export type LogHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  exchange?: LogExchange,
  passOn?: (needed: WriterNeeded) => void,
) => void

const pathPattern = /^\/log\/([A-Za-z0-9-]{1,64})\/(checkpoint|tile\/[a-z0-9./]{1,80}|served\/[a-z]{1,16})$/

/** Longest position in what is served: an id and a tag. */
const afterMax = 256

/** Whether a request is for a transparency log. */
export function isLogPath(url: string): boolean {
  return url.startsWith('/log/')
}

/** The transparency logs: a request handler for `/log/`. All errors are caught only here. */
export function createLogHandler(ctx: Context): LogHandler {
  return (request, response, exchange = { requestId: randomUUID(), route: null, error: null }, passOn) => {
    answer(ctx, request, response, exchange).catch((cause: unknown) => {
      if (cause instanceof WriterNeeded && passOn !== undefined) {
        passOn(cause)
        return
      }
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
  const [path = '', query = ''] = url.split('?', 2)
  const [, name = '', what = ''] = pathPattern.exec(path) ?? []
  const part = partOf(what, query)
  if (part === null) throw new AppError('NOT_FOUND')
  exchange.route = part.route
  if (method !== 'GET' && method !== 'HEAD') throw new AppError('METHOD_NOT_ALLOWED')
  // Long pages are read on threads, which a process that only reads does not have.
  if (!part.isShort && !ctx.db.mayWrite) throw new WriterNeeded()
  const principal = await authenticateReader(ctx, request)
  send(request, response, await part.read(ctx, principal, headers.host ?? '', name), part)
}

/** What a request asks for. */
interface Part {
  readonly route: string
  readonly type: string
  /** Whether it takes a few rows. */
  readonly isShort: boolean
  /** Whether it never changes. */
  readonly isFixed: boolean
  readonly read: (ctx: Context, principal: Principal, host: string, name: string) => Promise<LogPart>
}

function partOf(what: string, query: string): Part | null {
  if (what === 'checkpoint') {
    return { route: what, type: 'text/plain; charset=utf-8', isShort: true, isFixed: false, read: readCheckpoint }
  }
  const json = { route: 'served', type: 'application/json', isShort: false, isFixed: false }
  if (what === 'served/progress') return { ...json, read: readServedProgress }
  const kind = servedKinds.find((one) => what === `served/${one}`)
  if (kind !== undefined) {
    const after = (new URLSearchParams(query).get('after') ?? '').slice(0, afterMax)
    return {
      ...json,
      read: (ctx, principal, host, name) => readServedPage(ctx, principal, host, name, { kind, after }),
    }
  }
  const tile = parseTilePath(what)
  if (tile === null) return null
  return {
    route: tile.level === 'entries' ? 'entries' : 'tile',
    type: 'application/octet-stream',
    isShort: true,
    isFixed: true,
    read: (ctx, principal, host, name) => readLogTile(ctx, principal, host, name, tile),
  }
}

/** How long a tile, which never changes, may be kept, in seconds. */
const tileMaxAge = 365 * 24 * 60 * 60

function send(
  { method }: IncomingMessage,
  response: ServerResponse,
  { bytes, isPublic }: LogPart,
  { type, isFixed }: Part,
): void {
  const visibility = isPublic ? 'public' : 'private'
  response.writeHead(200, {
    'Content-Type': type,
    'Content-Length': bytes.byteLength,
    // An old checkpoint of a cache would be one that went back.
    'Cache-Control': isFixed ? `${visibility}, max-age=${tileMaxAge}, immutable` : 'no-store',
    ...(!isPublic && { Vary: 'Authorization, Cookie' }),
  })
  response.end(method === 'HEAD' ? undefined : bytes)
}

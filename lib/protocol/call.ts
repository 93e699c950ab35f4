import type { IncomingMessage, ServerResponse } from 'node:http'
import { type BodyLimit, readBoundedBody } from '@/lib/domain/bounded-body'
import type { Principal } from '@/lib/domain/principal'
import type { Context } from '@/lib/context'
import type { InstanceForTraffic } from '@/lib/registry/traffic/find-instance-of-host'
import type { Repository, TrafficAction } from '@/lib/registry/traffic/open-repository'

/** One request of which nobody has asked yet who sent it. */
export interface OpenCall {
  readonly ctx: Context
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly query: URLSearchParams
}

/** One authenticated request. */
export interface RegistryCall extends OpenCall {
  /** The one that its host names, and whose credentials proved the principal. */
  readonly instance: InstanceForTraffic
  readonly principal: Principal
}

/** One authenticated, authorized request to one repository. */
export interface Call extends RegistryCall {
  readonly repository: Repository
  /** The last part of the path: a digest, a tag or an upload's id; empty where the route has none. */
  readonly target: string
  /**
   * Asks again whether the caller may, where that was more than a moment ago: a body may take hours to come, and what
   * was allowed when it began may not be when it ends. Throws as the first time.
   */
  readonly confirmAccess: () => Promise<void>
}

/** What one method does of a route where credentials are shown in its own way. */
export interface OpenOperation {
  readonly isOpen: true
  /** Answers, or throws an AppError and has answered nothing. */
  readonly handle: (call: OpenCall) => Promise<void>
}

/** What one method does of a route that names no repository. */
export interface RegistryOperation {
  /** What a token must have been made out for; any will do where there is nothing. */
  readonly scope?: 'catalog'
  /** Answers, or throws an AppError and has answered nothing. */
  readonly handle: (call: RegistryCall) => void | Promise<void>
}

/** What one method needs and does of a route that names a repository. */
export interface RepositoryOperation {
  readonly action: TrafficAction
  /** Begins what takes further requests to end: refused while the server stops. */
  readonly begins?: true
  /** Answers, or throws an AppError and has answered nothing. */
  readonly handle: (call: Call) => Promise<void>
  /** Answers in place of `handle` when there is no such repository, or none the caller may know of. */
  readonly whenNameUnknown?: (call: Pick<Call, 'response' | 'query' | 'target'>) => void
}

/** What one method of a route does. */
export type Operation = OpenOperation | RegistryOperation | RepositoryOperation

/** Ends the answer without a body. */
export function answerEmpty(response: ServerResponse, status: number, headers: Record<string, string | number>): void {
  response.writeHead(status, { ...headers, 'Content-Length': 0 })
  response.end()
}

/** Ends the answer with a JSON body; a HEAD is told how long it is and gets none of it. */
export function answerJson(response: ServerResponse, contentType: string, value: unknown): void {
  const body = JSON.stringify(value)
  response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}

/**
 * The request's body in chunks. Leaves the connection open when reading stops early, so that the client can read why:
 * a plain `for await` over a request destroys its socket.
 */
export function bodyOf(request: IncomingMessage): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) }
}

/** The request's declared length in bytes; null when it has none (chunked). */
export function contentLengthOf(request: IncomingMessage): number | null {
  const header = request.headers['content-length']
  return header === undefined ? null : Number(header)
}

/** The request's whole body. Throws the limit's code, and UPLOAD_INCOMPLETE when the client leaves in the middle. */
export function readBody(request: IncomingMessage, limit: BodyLimit): Promise<Uint8Array> {
  return readBoundedBody({ declaredBytes: contentLengthOf(request), chunks: bodyOf(request) }, limit)
}

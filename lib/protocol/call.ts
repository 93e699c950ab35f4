import { hash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isUnchanged } from '@/lib/domain/etag'
import type { Principal } from '@/lib/domain/principal'
import type { Context } from '@/lib/context'
import type { InstanceForTraffic } from '@/lib/registry/traffic/find-addressed-instance'
import type { OpenedRepository, TrafficAction } from '@/lib/registry/traffic/opened-repository'

/** A request whose caller is not authenticated yet. */
export interface OpenCall {
  readonly ctx: Context
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly query: URLSearchParams
}

/** An authenticated request. */
export interface RegistryCall extends OpenCall {
  /** The instance that the request addresses. Its credentials authenticated the principal. */
  readonly instance: InstanceForTraffic
  /** What stands before the instance's paths at this host, in requests and answers; empty where nothing does. */
  readonly prefix: string
  readonly principal: Principal
}

/** An authenticated and authorized request to a repository. */
export interface Call extends RegistryCall {
  readonly repository: OpenedRepository
  /** The last part of the path: a digest, a tag or the id of an upload; empty when the route has none. */
  readonly target: string
  /**
   * Checks the caller's access again if the last check is no longer valid: a body may take hours to arrive, and the
   * access may be revoked meanwhile. Throws the same errors as the first check.
   */
  readonly confirmAccess: () => Promise<void>
}

/** A method of a route that authenticates in its own way. */
export interface OpenOperation {
  readonly kind: 'open'
  /** Answers, or throws an AppError and has answered nothing. */
  readonly handle: (call: OpenCall) => Promise<void>
}

/** A method of a route without a repository. */
export interface RegistryOperation {
  readonly kind: 'registry'
  /** The scope that a token needs; absent: any token is accepted. */
  readonly scope?: 'catalog'
  /** Answers, or throws an AppError and has answered nothing. */
  readonly handle: (call: RegistryCall) => void | Promise<void>
}

/** A method of a route with a repository, and the access it requires. */
export interface RepositoryOperation {
  readonly kind: 'repository'
  readonly action: TrafficAction
  /** Starts an upload, which needs more requests to complete: refused while the server stops. */
  readonly startsUpload?: true
  /** Answers, or throws an AppError and has answered nothing. */
  readonly handle: (call: Call) => Promise<void>
  /** Answers instead of `handle` when the repository does not exist or the caller may not see it. */
  readonly whenNameUnknown?: (call: Pick<Call, 'request' | 'response' | 'query' | 'target'>) => void
}

/** A method of a route. */
export type Operation = OpenOperation | RegistryOperation | RepositoryOperation

/** The repository's path as clients write it at this host. */
export function pathAtHost({ prefix, repository }: Pick<Call, 'prefix' | 'repository'>): string {
  return `${prefix}${repository.path}`
}

/** Sends a response without a body. */
export function answerEmpty(response: ServerResponse, status: number, headers: Record<string, string | number>): void {
  response.writeHead(status, { ...headers, 'Content-Length': 0 })
  response.end()
}

/** Sends a response with a JSON body. */
export function answerJson(response: ServerResponse, contentType: string, value: unknown): void {
  const body = JSON.stringify(value)
  response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}

/**
 * Sends a list, as JSON text, with its hash as entity tag; 304 when the client has it already. A HEAD gets the length but
 * not the body.
 */
export function answerList(
  { request, response }: Pick<OpenCall, 'request' | 'response'>,
  contentType: string,
  text: string,
): void {
  const body = Buffer.from(text)
  const etag = `"${hash('sha256', body, 'base64url')}"`
  if (answerUnchanged(request, response, { ETag: etag })) return
  response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': body.byteLength, ETag: etag })
  response.end(body)
}

/**
 * Answers 304 with `headers` and returns true when the client of a GET or HEAD has the content of this entity tag.
 * Throws PRECONDITION_FAILED when its If-Match names other content.
 */
export function answerUnchanged(
  request: IncomingMessage,
  response: ServerResponse,
  headers: Readonly<Record<string, string>> & { readonly ETag: string },
): boolean {
  if (!isUnchanged(request.headers['if-match'], request.headers['if-none-match'], headers.ETag)) return false
  response.writeHead(304, headers).end()
  return true
}

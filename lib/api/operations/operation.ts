import type { z } from 'zod'
import type { ErrorCode } from '@/lib/domain/errors'

/** One method of one path: its input and its response. Both the OpenAPI document and the route wrapper use it. */
export interface Operation {
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path below `/api/v1`, with parameters in braces. */
  readonly path: `/${string}`
  readonly summary: string
  /** Whether it is open to callers who have proven nothing. Its use case decides what all others may do. */
  readonly isPublic?: true
  /**
   * Whether robots of the instance may call it too, by name and secret, as they log on to the registry. Its path names
   * the repository, by `repositoryId`.
   */
  readonly admitsRobots?: true
  readonly query?: z.ZodObject
  readonly body?: z.ZodObject
  /** 202: the work goes on; `Location` shows how far it is. 303 redirects a browser to another page, by `Location`. */
  readonly status: 200 | 201 | 202 | 204 | 303
  /** Schema of the response body. Absent: the response has no body. */
  readonly response?: z.ZodType
  /** Media types of a response that is a file, not JSON. With `response`, the client asks for one or the other. */
  readonly download?: readonly string[]
  /** Whether the response has an ETag and a change accepts If-Match. */
  readonly isVersioned?: true
  /** Whether a POST changes a resource that has versions, in place of creating one: then it accepts If-Match too. */
  readonly isChange?: true
  /**
   * Whether the operation verifies a password or a code. It then ignores `Idempotency-Key`: the kept response is
   * written in the transaction of the work, and that transaction would roll back the record of a failed attempt and
   * would stay open while the request waits for the guessing limits.
   */
  readonly provesSecret?: true
  /** Whether a POST only answers a question. It ignores `Idempotency-Key`: nothing is to be done once. */
  readonly isQuestion?: true
  /** Whether the response shows a secret. The copy that is kept for a repeated request is then encrypted. */
  readonly showsSecret?: true
  /** Error codes of this operation, in addition to those that every operation has. */
  readonly refusals?: readonly ErrorCode[]
}

/** Whether the operation accepts an `Idempotency-Key`, with which a repeated request gets the first response again. */
export function takesIdempotencyKey({ method, isPublic, provesSecret, isQuestion }: Operation): boolean {
  return method === 'POST' && isPublic !== true && provesSecret !== true && isQuestion !== true
}

/** Whether the operation accepts `If-Match`, and changes nothing when it names another version than the current one. */
export function takesIfMatch({ method, isVersioned, isChange }: Operation): boolean {
  return isVersioned === true && (method === 'PATCH' || method === 'DELETE' || isChange === true)
}

/** The names of a path's parameters. */
export type PathParameter<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathParameter<Rest>
  : never

/** A path's parameters, decoded. */
export type PathParameters<Path extends string> = { readonly [Name in PathParameter<Path>]: string }

/** The names of a path's parameters, in order. */
export function parameterNames(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].flatMap((match) => match[1] ?? [])
}

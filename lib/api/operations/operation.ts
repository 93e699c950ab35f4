import type { z } from 'zod'
import type { AccessAction } from '@/lib/domain/access'
import type { ErrorCode } from '@/lib/domain/errors'

/** What one method of one path takes and answers. The OpenAPI document and the wrapper are both made from it. */
export interface Operation {
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/api/v1`, parameters in braces. */
  readonly path: `/${string}`
  readonly summary: string
  readonly permission: OperationPermission
  readonly query?: z.ZodObject
  readonly body?: z.ZodObject
  /** 303 sends a browser to another page, by `Location`. */
  readonly status: 200 | 201 | 204 | 303
  /** Absent: the answer has no body. */
  readonly response?: z.ZodType
  /** Media types of an answer that is a file, not JSON. */
  readonly download?: readonly string[]
  /** Whether the answer carries an ETag, and a change takes If-Match. */
  readonly isVersioned?: true
  /**
   * Whether it asks for a password or a code. Such an operation takes no `Idempotency-Key`: what is kept is one
   * transaction with the work, which would take the record of a failure away with it, and hold it up at the limits of
   * guessing.
   */
  readonly provesSecret?: true
  /** Whether the answer has a secret, shown this once: what is kept of it for a repeated request is sealed. */
  readonly showsSecret?: true
  /** Refusals of its own, beyond those any operation has. */
  readonly refusals?: readonly ErrorCode[]
}

/** Whether a repetition of the operation, by who is logged on, can get the first answer again. */
export function takesIdempotencyKey({ method, permission, provesSecret }: Operation): boolean {
  return method === 'POST' && permission !== 'public' && provesSecret !== true
}

/** Whether the operation changes nothing when `If-Match` names another version than there is. */
export function takesIfMatch({ method, isVersioned }: Operation): boolean {
  return isVersioned === true && (method === 'PATCH' || method === 'DELETE')
}

/**
 * Who may. `public` is everybody, without credentials too; `user` whoever is logged on, and the use case says to which
 * things. The others name an action and the thing it is done to, whose id is a parameter of the path: `manage
 * repository` is asked of `{repositoryId}`.
 */
export type OperationPermission =
  'public' | 'user' | 'administrator' | `${AccessAction} ${'instance' | 'namespace' | 'repository'}`

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

import type { z } from 'zod'
import { openBodyTimeoutMs, readBoundedBody } from '@/lib/domain/bounded-body'
import { AppError, type FieldError } from '@/lib/domain/errors'
import { parseExpectedVersions } from '@/lib/domain/etag'
import { type ExpectedVersions, changedMeanwhile } from '@/lib/registry/versions'
import { type Operation, takesIfMatch } from '@/lib/api/operations/operation'

/** Largest JSON body, in bytes: several times the largest that a schema allows. */
export const bodyMaxBytes = 64 * 1024

/** Largest JSON body of a caller without credentials, in bytes: only a log-on has one. */
export const openBodyMaxBytes = 16 * 1024

/**
 * Parses the query with its schema. Throws BAD_REQUEST with the invalid fields, including unknown and repeated ones.
 */
export function readQuery<S extends z.ZodType>(request: Request, schema: S): z.output<S> {
  const parameters = new URL(request.url).searchParams
  const query: Record<string, string | string[]> = {}
  for (const name of parameters.keys()) {
    const values = parameters.getAll(name)
    query[name] = values.length === 1 ? (values[0] ?? '') : values
  }
  return parse(schema, query)
}

/**
 * Parses the JSON body of up to `maxBytes` with its schema. Calls `ask` before it reads: the client may wait for "100
 * Continue". Throws MEDIA_TYPE_UNSUPPORTED, PAYLOAD_TOO_LARGE,
 * REQUEST_TIMEOUT, UPLOAD_INCOMPLETE, and BAD_REQUEST with the invalid fields.
 */
export async function readBody<S extends z.ZodType>(
  request: Request,
  schema: S,
  maxBytes: number,
  ask: () => void,
): Promise<z.output<S>> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  const isMergePatch = request.method === 'PATCH' && type === 'application/merge-patch+json'
  if (type !== 'application/json' && !isMergePatch) {
    throw new AppError('MEDIA_TYPE_UNSUPPORTED', { message: 'the body must be application/json' })
  }
  const length = request.headers.get('content-length')
  const body = { declaredBytes: length === null ? null : Number(length), chunks: chunksOf(request, ask) }
  const limit = { maxBytes, code: 'PAYLOAD_TOO_LARGE', timeoutMs: openBodyTimeoutMs } as const
  return parse(schema, parseJson(await readBoundedBody(body, limit)))
}

/**
 * The versions that `If-Match` allows a change of. Throws BAD_REQUEST for a header it does not understand, and
 * PRECONDITION_FAILED when the resource has no versions.
 */
export function readExpectedVersions(operation: Operation, request: Request): ExpectedVersions {
  const isRead = operation.method === 'GET'
  // A condition on a read only saves transfer: the complete answer is correct, too.
  const ifNoneMatch = isRead ? null : request.headers.get('if-none-match')
  const versions = parseExpectedVersions(request.headers.get('if-match') ?? undefined, ifNoneMatch ?? undefined)
  // A resource without versions cannot have an expected one (RFC 9110, section 13.1.1).
  if (versions !== null && !isRead && !takesIfMatch(operation)) throw changedMeanwhile()
  return versions
}

/**
 * The request's body in chunks. Stopping early does not cancel it: that would close the connection before the answer.
 */
async function* chunksOf({ body }: Request, ask: () => void): AsyncGenerator<Uint8Array> {
  ask()
  const reader = body?.getReader()
  for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) yield next.value
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new AppError('BAD_REQUEST', { message: 'the body is not JSON', cause: error })
  }
}

function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new AppError('BAD_REQUEST', { fields: parsed.error.issues.flatMap(fieldErrors) })
  // Checks the parsed data, which is no deeper than the schema.
  const unstorable = fieldsWithNull(parsed.data)
  if (unstorable.length > 0) throw new AppError('BAD_REQUEST', { fields: unstorable })
  return parsed.data
}

/** PostgreSQL cannot store a null character, and no name or text needs one. */
function fieldsWithNull(value: unknown, path = ''): FieldError[] {
  if (typeof value === 'string') return value.includes('\0') ? [{ path, message: 'contains a null character' }] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, field]) => fieldsWithNull(field, path === '' ? name : `${path}.${name}`))
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String)
  if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }]
  return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'unknown field' }))
}

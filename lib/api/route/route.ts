import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { type Context, getContext } from '@/lib/context'
import type { ExpectedVersions } from '@/lib/registry/versions'
import { type ProvenSession, authenticate } from './authenticate'
import { answerOnce } from './answer-once'
import { type Operation, type PathParameters, parameterNames } from '@/lib/api/operations/operation'
import { bodyMaxBytes, openBodyMaxBytes, readBody, readExpectedVersions, readQuery } from './read-request'
import { type Download, type Reply, downloadResponse, emptyResponse, jsonResponse, problemResponse } from './responses'
import { assertSameOrigin } from './same-origin'

/**
 * A request as its handler gets it: the caller is authenticated, unless the operation is public, and all input has
 * passed its schema. What the caller may do, the use case checks.
 */
export interface Call<O extends Operation> {
  readonly ctx: Context
  readonly principal: O extends { readonly isPublic: true } ? Principal | null : Principal
  /** The console session of the request; null without one. */
  readonly session: ProvenSession | null
  readonly params: PathParameters<O['path']>
  readonly query: O['query'] extends z.ZodType ? z.output<O['query']> : undefined
  readonly body: O['body'] extends z.ZodType ? z.output<O['body']> : undefined
  /** The versions a change may be made to (`If-Match`). */
  readonly expected: ExpectedVersions
  /** `Host` of the request. */
  readonly host: string
  readonly request: Request
}

/** What a handler answers; the wrapper turns it into the response. */
export type Answer<O extends Operation> = {
  /** The version for the ETag. */
  readonly version?: string
  /** Path of the created resource. */
  readonly location?: string
  /** `Set-Cookie` values. When a request is repeated with its `Idempotency-Key`, only the first response has them. */
  readonly cookies?: readonly string[]
  /** The file to send in place of a body, for an operation with `download`. */
  readonly download?: Download
} & (O['response'] extends z.ZodType
  ? { readonly body: z.input<O['response']> } | DownloadInstead<O>
  : { readonly body?: undefined })

/** What an operation that can answer with a file, too, may answer in place of its body. */
type DownloadInstead<O extends Operation> = O extends { readonly download: readonly string[] }
  ? { readonly body?: undefined; readonly download: Download }
  : never

/** A method's handler in the form that Next calls. */
export type RouteHandler = (request: Request, segment: RouteSegment) => Promise<Response> | Response

interface RouteSegment {
  readonly params: Promise<Readonly<Record<string, string | string[] | undefined>>>
}

/**
 * Makes the handler of an operation. It gives the request an id, authenticates the caller, refuses other origins and,
 * unless the operation is public, callers without credentials, parses parameters, query and body with their schemas,
 * runs `handler`, whose use case checks what the caller may do, and sends its answer through the response schema. Every
 * error is sent as problem details, from the one error table. A failure of the server is logged with its cause and
 * never described to the client.
 */
export function route<O extends Operation>(
  operation: O,
  handler: (call: Call<O>) => Promise<Answer<O>> | Answer<O>,
): RouteHandler & { readonly operation: O } {
  const handle: RouteHandler = async (request, segment) => {
    // The id that the server set, so that its log line has the same one. A test that calls the handler itself has none.
    const requestId = request.headers.get('x-stele-request-id') ?? randomUUID()
    const ctx = getContext()
    try {
      const identity = await authenticate(ctx, request, await repositoryOfRobots(operation, segment))
      assertSameOrigin(request, ctx.config.publicUrl)
      const params = await readParameters(operation, segment)
      if (identity === null && operation.isPublic !== true) throw new AppError('UNAUTHORIZED')
      const maxBytes = identity === null ? openBodyMaxBytes : bodyMaxBytes
      const call = {
        principal: identity?.principal ?? null,
        session: identity?.session ?? null,
        params,
        query: operation.query && readQuery(request, operation.query),
        body:
          operation.body && (await readBody(request, operation.body, maxBytes, () => ctx.awaitedBodies.ask(requestId))),
        expected: readExpectedVersions(operation, request),
        host: request.headers.get('host') ?? '',
        request,
      }
      // The compiler cannot see that each field has the type of its schema; the lines above make sure of it.
      let cookies: readonly string[] = []
      let download: Download | undefined
      const run = async (inContext: Context) => {
        const answer = await handler({ ...call, ctx: inContext } as unknown as Call<O>)
        cookies = answer.cookies ?? []
        download = answer.download
        return toReply(operation, answer)
      }
      const reply = await answerOnce(ctx, request, { ...call, operation }, run)
      const response =
        download !== undefined
          ? downloadResponse(reply.status, logFailure(download, ctx, requestId), requestId)
          : reply.body === null
            ? emptyResponse(reply.status, requestId, reply.headers)
            : jsonResponse(reply.status, reply.body, requestId, reply.headers)
      for (const cookie of cookies) response.headers.append('set-cookie', cookie)
      return response
    } catch (thrown) {
      const error = AppError.from(thrown)
      if (error.status >= 500) {
        ctx.log.error({ err: error, requestId, operation: operation.id }, 'a request of the REST API failed')
      }
      if (error.code === 'ORIGIN_REFUSED') {
        // Mostly the address of the server is set wrongly, which only the administrator can see and change.
        ctx.log.warn({ ...error.detail, requestId, operation: operation.id }, error.message)
      }
      return problemResponse(error, requestId, challenge(error, request))
    }
  }
  return Object.assign(handle, { operation })
}

/** A failure after the head of the response was sent can only be logged; for the client, the response ends early. */
function logFailure(download: Download, ctx: Context, requestId: string): Download {
  async function* content() {
    try {
      yield* download.content
    } catch (err) {
      ctx.log.error({ err, requestId }, 'a download of the REST API failed')
      throw err
    }
  }
  return { ...download, content: content() }
}

/** The repository whose robots may call the operation, as the path names it; null when robots may not. */
async function repositoryOfRobots({ admitsRobots }: Operation, { params }: RouteSegment): Promise<string | null> {
  if (admitsRobots !== true) return null
  const { repositoryId } = await params
  return typeof repositoryId === 'string' && !hasControlCharacter(repositoryId) ? repositoryId : null
}

async function readParameters(operation: Operation, { params }: RouteSegment): Promise<Record<string, string>> {
  const given = await params
  return Object.fromEntries(
    parameterNames(operation.path).map((name) => {
      const value = given[name]
      if (typeof value !== 'string' || hasControlCharacter(value)) throw new AppError('NOT_FOUND')
      return [name, value]
    }),
  )
}

/** No id or tag has one, and not every database accepts one. */
function hasControlCharacter(value: string): boolean {
  return /\p{Cc}/u.test(value)
}

function toReply<O extends Operation>(operation: O, { body, version, location, download }: Answer<O>): Reply {
  return {
    status: operation.status,
    headers: {
      ...(version === undefined ? {} : { etag: `"${version}"` }),
      ...(location === undefined ? {} : { location }),
    },
    body:
      operation.response === undefined || download !== undefined
        ? null
        : JSON.stringify(operation.response.parse(body)),
  }
}

/** Only a client that used Basic gets the challenge: a browser would open its own log-on window over the console. */
function challenge(error: AppError, request: Request): Record<string, string> {
  const triedBasic = /^basic\b/i.test(request.headers.get('authorization') ?? '')
  return error.status === 401 && triedBasic ? { 'www-authenticate': 'Basic realm="Stele"' } : {}
}

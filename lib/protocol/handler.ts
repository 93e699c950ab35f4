import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError, type ErrorCode } from '@/lib/domain/errors'
import type { Principal } from '@/lib/domain/principal'
import { WriterNeeded } from '@/lib/domain/writer-needed'
import { addressedPath } from '@/lib/domain/instance-path'
import { isRepositoryPath, parseRepositoryPath } from '@/lib/domain/reference'
import type { Context } from '@/lib/context'
import { openRepository } from '@/lib/registry/traffic/open-repository'
import { authenticate } from './authenticate'
import type { Operation } from './call'
import { hostOf } from './challenge'
import { findInstanceFor, findInstanceOfCaller, prefixOf, readRegistryCredentials } from './find-addressee'
import { type Ahead, readAhead } from './read-ahead'
import { describeRefusal } from './refusal'
import { type RouteMatch, matchRoute } from './routes'
import { setHeaders } from './set-headers'
import { createShortWay } from './short-way'
import { writeError } from './write-error'

/**
 * Whether a request's path belongs to the registry, not to the console. An encoded prefix belongs to neither. With more
 * slashes in front it is no path of the registry, but its client understands only the registry's answers.
 */
export function isRegistryPath(url: string): boolean {
  return /^\/+v2(?:[/?%]|$)/.test(url)
}

/** The data of a request for logs and metrics. The handler sets the fields that only it knows. */
export interface RegistryExchange {
  readonly requestId: string
  /** The path with its variable parts in braces; null for an unknown path. */
  route: string | null
  /** The error code when the request was refused or failed; null otherwise. */
  error: ErrorCode | null
}

/**
 * Answers a request of the registry. `headers` are the door's for every answer, names and values by turns. Where the
 * process only reads, `passOn` has another one answer a request that needs a write; it is called before anything was
 * answered.
 */
export type RegistryHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  exchange?: RegistryExchange,
  headers?: readonly string[],
  passOn?: (needed: WriterNeeded) => void,
) => void

/** How long an access check stays valid, in milliseconds: long enough for a small body to arrive. */
const accessValidMs = 1000

/** Longest URL of a request to the registry or the console, in characters: far more than any path and query need. */
export const urlMax = 8192

/**
 * The registry: a request handler for `/v2` and all paths below. All errors of handlers are caught only here and
 * answered in one format, without the text of unknown errors. While `isStopping`, no new upload is accepted.
 */
export function createRegistryHandler(ctx: Context, isStopping: () => boolean = () => false): RegistryHandler {
  const goShortWay = createShortWay(ctx)
  return (request, response, exchange = newExchange(), doorHeaders = [], passOn) => {
    const { requestId } = exchange
    const headers = [...doorHeaders, 'X-Request-Id', requestId, 'Docker-Distribution-API-Version', 'registry/2.0']
    const serving = { ctx, request, response, exchange, headers, passOn, isStopping }
    try {
      const isAnswered = goShortWay(request, response, exchange, headers)
      if (isAnswered === true) return
      const served =
        isAnswered === false ? goLongWay(serving) : isAnswered.then((is) => (is ? undefined : goLongWay(serving)))
      served.catch((cause: unknown) => fail(serving, cause))
    } catch (cause) {
      fail(serving, cause)
    }
  }
}

function newExchange(): RegistryExchange {
  return { requestId: randomUUID(), route: null, error: null }
}

/** A request that is being answered. */
interface Serving {
  readonly ctx: Context
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly exchange: RegistryExchange
  /** For every answer, names and values by turns. */
  readonly headers: readonly string[]
  readonly passOn: ((needed: WriterNeeded) => void) | undefined
  readonly isStopping: () => boolean
}

function goLongWay(serving: Serving): Promise<void> {
  setHeaders(serving.response, serving.headers)
  return serve(serving)
}

function fail({ ctx, request, response, exchange, headers, passOn }: Serving, cause: unknown): void {
  if (cause instanceof WriterNeeded && passOn !== undefined) {
    passOn(cause)
    return
  }
  const error = AppError.from(cause)
  const { requestId } = exchange
  exchange.error = error.code
  if (error.status >= 500 && error.code !== 'STOPPING')
    ctx.log.error({ requestId, err: error.cause ?? error }, error.message)
  // The status has been sent: closing the connection is the only way to show that the body is incomplete.
  if (response.headersSent) {
    response.destroy()
    return
  }
  setHeaders(response, headers)
  writeError(request, response, withRequestId(error, requestId), describeRefusal(ctx.config, request, error))
}

async function serve({ ctx, request, response, exchange, isStopping }: Serving): Promise<void> {
  const url = request.url ?? ''
  if (url.length > urlMax) throw new AppError('URL_TOO_LONG')
  const [path = '', search = ''] = splitOnce(url, '?')
  const host = hostOf(request)
  const route = matchRoute(path)
  exchange.route = route?.template ?? null
  const operation = route?.operations[request.method ?? '']
  const query = new URLSearchParams(search)
  if (operation?.kind === 'open') {
    await operation.handle({ ctx, request, response, query })
    return
  }
  const isFresh = readsCurrentAccess(operation)
  const address = addressedPath(host, route?.name ?? '', ctx.config.domain)
  const ahead = isFresh && operation?.kind === 'repository' ? readAhead(ctx, request, address.path) : null
  const instance = hasRepository(route)
    ? await findInstanceFor(ctx, address, readRegistryCredentials(request.headers.authorization)?.instance)
    : await findInstanceOfCaller(ctx, request, address)
  const proof = ahead !== null && ahead.instanceId === instance?.id ? ahead.proof : null
  const { principal, reauthenticate } = await (proof ?? authenticate(ctx, request, instance?.id ?? null, isFresh))
  const isPull = operation?.kind === 'repository' && operation.action === 'pull'
  // A caller without credentials may pull public content, and must not learn whether anything else exists.
  if (instance === null || (isNobody(principal) && !isPull)) throw new AppError('UNAUTHORIZED')
  if (route === null) throw new AppError('NOT_FOUND')
  if (operation === undefined) {
    throw new AppError('METHOD_NOT_ALLOWED', { headers: { Allow: Object.keys(route.operations).join(', ') } })
  }
  if (operation.kind === 'registry') {
    const prefix = prefixOf(address, instance)
    await operation.handle({ ctx, request, response, query, instance, prefix, principal })
    return
  }
  if (operation.startsUpload && isStopping()) throw new AppError('STOPPING')
  const { target } = route
  const { action } = operation
  // An anonymous caller is asked to log on, whatever the name.
  const { path: name, prefix } = address
  if (principal.kind === 'anonymous' && !isRepositoryPath(name)) throw new AppError('UNAUTHORIZED')
  const repositoryPath = parseRepositoryPath(name)
  const open = (by: Principal, found?: Ahead['repository']) =>
    openRepository(ctx, by, instance.id, repositoryPath, action, found)
  const checkedAtMs = performance.now()
  let repository
  try {
    repository = await open(principal, ahead?.repository)
  } catch (error) {
    if (!AppError.is(error) || error.code !== 'NAME_UNKNOWN' || operation.whenNameUnknown === undefined) throw error
    operation.whenNameUnknown({ request, response, query, target })
    return
  }
  const confirmAccess = async () => {
    if (performance.now() - checkedAtMs < accessValidMs) return
    try {
      await open(await reauthenticate())
    } catch (error) {
      // The repository is gone, and another process would make it anew. But the body has come, and this push is not for it.
      throw error instanceof WriterNeeded ? new AppError('NAME_UNKNOWN', { detail: { name } }) : error
    }
  }
  await operation.handle({
    ctx,
    request,
    response,
    query,
    instance,
    prefix,
    principal,
    repository,
    target,
    confirmAccess,
  })
}

function hasRepository(route: RouteMatch | null): boolean {
  return route !== null && route.name !== ''
}

/** Whether the state of the token's user is read again: for every operation that a token alone does not allow. */
function readsCurrentAccess(operation: Operation | undefined): boolean {
  switch (operation?.kind) {
    case undefined:
    case 'open':
      return false
    case 'registry':
      return operation.scope !== undefined
    case 'repository':
      return operation.action !== 'pull'
  }
}

function isNobody({ kind, token }: Principal): boolean {
  return kind === 'anonymous' && token === null
}

/** Adds the request's id to a failure of the server, because only the id leads to the cause in the log. */
function withRequestId(error: AppError, requestId: string): AppError {
  return error.status < 500
    ? error
    : new AppError(error.code, { detail: { ...error.detail, requestId }, headers: error.headers })
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

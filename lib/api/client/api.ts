import type { z } from 'zod'
import type { Problem } from '@/lib/api/schemas/common'
import { unattendedHeader } from '@/lib/api/schemas/unattended'
import { ApiError, UnreachableError } from './api-error'
import { isAttended } from './attended'

/** Where the REST API begins. */
export const base = '/api/v1'

/** A resource and its ETag, which a later change sends as `ifMatch`. */
export interface Versioned<T> {
  readonly data: T
  readonly etag: string
}

interface ReadOptions {
  signal?: AbortSignal
}

interface ChangeOptions {
  /** The ETag of the version that the person saw; the server answers 412 when the resource has changed since. */
  ifMatch?: string
}

interface Request extends ReadOptions, ChangeOptions {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  body?: unknown
  /** The media types that the response may have; JSON where it is left out. */
  accept?: string
}

/**
 * The browser's only access to the REST API. Paths are relative to `/api/v1`.
 *
 * Each call names the type of its response by the schema that the server sends it by, and takes it as it comes: to check
 * it again would cost every page the library of the schemas (docs/decisions/0053-speed-of-the-console.md). It rejects
 * with `ApiError` for an error response, with `UnreachableError` when the server was not reached, and with another
 * error for a response that is not a JSON object. Where the session has ended, the browser goes to the log-on page
 * and back, or does what `onSessionEnd` was given.
 */
export const api = {
  async get<S extends z.ZodType>(path: string, options: ReadOptions = {}): Promise<z.output<S>> {
    return read<S>(await send({ ...options, method: 'GET', path }))
  },

  async getVersioned<S extends z.ZodType>(path: string, options: ReadOptions = {}): Promise<Versioned<z.output<S>>> {
    return versioned<S>(await send({ ...options, method: 'GET', path }))
  },

  /** A GET whose response is read as it is: a manifest, a file of an artifact. */
  async getText(path: string, options: ReadOptions = {}): Promise<string> {
    const response = await send({ ...options, method: 'GET', path, accept: '*/*' })
    return reached(response.text())
  },

  async post<S extends z.ZodType>(
    path: string,
    body: unknown,
    options: ReadOptions & ChangeOptions = {},
  ): Promise<z.output<S>> {
    return read<S>(await send({ ...options, method: 'POST', path, body }))
  },

  /** A POST whose response has no body. */
  async postForNothing(path: string, body: unknown): Promise<void> {
    await send({ method: 'POST', path, body })
  },

  /** A PUT whose response has no body. */
  async put(path: string, body: unknown): Promise<void> {
    await send({ method: 'PUT', path, body })
  },

  async patch<S extends z.ZodType>(
    path: string,
    body: unknown,
    options: ChangeOptions,
  ): Promise<Versioned<z.output<S>>> {
    return versioned<S>(await send({ ...options, method: 'PATCH', path, body }))
  },

  /** A DELETE whose response says what it did. */
  async deleteFor<S extends z.ZodType>(path: string, options: ChangeOptions = {}): Promise<z.output<S>> {
    return read<S>(await send({ ...options, method: 'DELETE', path }))
  },

  /** A DELETE that says why, in a body. */
  async deleteWith(path: string, body: unknown): Promise<void> {
    await send({ method: 'DELETE', path, body })
  },

  async delete(path: string, options: ChangeOptions = {}): Promise<void> {
    await send({ ...options, method: 'DELETE', path })
  },
}

/** Goes to the log-on page, which leads back to this one. */
export function goToLogOn(): void {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`)
}

let whenSessionEnds = goToLogOn

/**
 * Sets what happens when a request is refused because the session has ended, in place of going to the log-on page,
 * until the returned function is called.
 */
export function onSessionEnd(handler: () => void): () => void {
  whenSessionEnds = handler
  return () => {
    whenSessionEnds = goToLogOn
  }
}

/** A request as it would be sent, without its credential. `path` is relative to `/api/v1`. */
export type PlannedRequest = Pick<Request, 'method' | 'path' | 'body'>

/** Takes requests in place of the server, while a rehearsal runs. */
let takeRequest: ((request: PlannedRequest) => void) | null = null

/**
 * The first request that `act` sends when it is called, without sending it. What `act` returns never settles. Null: it
 * sends none before it has to wait.
 */
export function rehearse(act: () => unknown): PlannedRequest | null {
  const planned: PlannedRequest[] = []
  takeRequest = (request) => void planned.push(request)
  try {
    act()
  } finally {
    takeRequest = null
  }
  return planned[0] ?? null
}

/** The address of a path, for a link that the browser follows itself: a download. */
export function linkTo(path: string): string {
  return `${base}${path}`
}

/** A path with its parameters encoded as query string; undefined and empty ones are left out. */
export function withQuery(path: string, parameters: Record<string, string | number | undefined>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') query.set(name, String(value))
  }
  return query.size === 0 ? path : `${path}?${query}`
}

async function versioned<S extends z.ZodType>(response: Response): Promise<Versioned<z.output<S>>> {
  return { data: await read<S>(response), etag: response.headers.get('etag') ?? '' }
}

async function send({ method, path, body, signal, ifMatch, accept = 'application/json' }: Request): Promise<Response> {
  if (takeRequest !== null) {
    takeRequest({ method, path, ...(body !== undefined && { body }) })
    return new Promise(() => undefined)
  }
  const response = await reached(
    fetch(`${base}${path}`, {
      method,
      signal: signal ?? null,
      headers: {
        accept,
        ...(isAttended() ? {} : { [unattendedHeader]: 'true' }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  )
  if (response.ok) return response
  const error = await refusalOf(response)
  // What the log-on itself is refused for is its form's to say.
  const isLogOn = path === '/session' || location.pathname === '/login'
  if (error.status === 401 && !isLogOn) whenSessionEnds()
  throw error
}

async function read<S extends z.ZodType>(response: Response): Promise<z.output<S>> {
  const body: unknown = JSON.parse(await reached(response.text()))
  if (!isObject(body)) throw new Error('the response is not a JSON object')
  return body as z.output<S>
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * What a `fetch`, or the reading of its body, resolves with. Where the network failed they reject with a TypeError; this
 * rejects with `UnreachableError`.
 */
export async function reached<T>(exchange: Promise<T>): Promise<T> {
  try {
    return await exchange
  } catch (cause) {
    if (cause instanceof TypeError) throw new UnreachableError('the server was not reached', { cause })
    throw cause
  }
}

/** Whether a body is problem details. The code of a newer server may be one that this page has no words for. */
function isProblem(body: unknown): body is Problem {
  return (
    isObject(body) &&
    typeof body['status'] === 'number' &&
    ['code', 'detail', 'requestId'].every((name) => typeof body[name] === 'string')
  )
}

/** A body that is not problem details comes from a proxy on the way: only its status is used. */
async function refusalOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null)
  if (isProblem(body)) return new ApiError(body)
  return new ApiError({
    type: 'about:blank',
    title: response.statusText,
    status: response.status,
    detail: response.statusText,
    code: response.status === 401 ? 'UNAUTHORIZED' : response.status === 404 ? 'NOT_FOUND' : 'UNAVAILABLE',
    requestId: response.headers.get('x-request-id') ?? '',
  })
}

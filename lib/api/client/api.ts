import type { z } from 'zod'
import { problem } from '@/lib/api/schemas/common'
import { unattendedHeader } from '@/lib/api/schemas/unattended'
import { ApiError, UnreachableError } from './api-error'
import { isAttended } from './attended'

const base = '/api/v1'

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
 * Each call resolves with the response as parsed by its schema, which ignores fields that it does not know, or rejects:
 * with `ApiError` for an error response, with `UnreachableError` when the server was not reached, and with another
 * error for a response that does not fit its schema. Where the session has ended, the browser goes to the log-on page
 * and back, or does what `onSessionEnd` was given.
 */
export const api = {
  async get<T>(path: string, schema: z.ZodType<T>, options: ReadOptions = {}): Promise<T> {
    return read(await send({ ...options, method: 'GET', path }), schema)
  },

  async getVersioned<T>(path: string, schema: z.ZodType<T>, options: ReadOptions = {}): Promise<Versioned<T>> {
    return versioned(await send({ ...options, method: 'GET', path }), schema)
  },

  /** A GET whose response is read as it is: a manifest, a file of an artifact. */
  async getText(path: string, options: ReadOptions = {}): Promise<string> {
    const response = await send({ ...options, method: 'GET', path, accept: '*/*' })
    return reached(response.text())
  },

  async post<T>(
    path: string,
    body: unknown,
    schema: z.ZodType<T>,
    options: ReadOptions & ChangeOptions = {},
  ): Promise<T> {
    return read(await send({ ...options, method: 'POST', path, body }), schema)
  },

  /** A POST whose response has no body. */
  async postForNothing(path: string, body: unknown): Promise<void> {
    await send({ method: 'POST', path, body })
  },

  /** A PUT whose response has no body. */
  async put(path: string, body: unknown): Promise<void> {
    await send({ method: 'PUT', path, body })
  },

  async patch<T>(path: string, body: unknown, schema: z.ZodType<T>, options: ChangeOptions): Promise<Versioned<T>> {
    return versioned(await send({ ...options, method: 'PATCH', path, body }), schema)
  },

  /** A DELETE whose response says what it did. */
  async deleteFor<T>(path: string, schema: z.ZodType<T>, options: ChangeOptions = {}): Promise<T> {
    return read(await send({ ...options, method: 'DELETE', path }), schema)
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

/** The answer to a request that somebody wrote by hand, whatever it is. */
export interface Answer {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly text: string
  /** Whether there is more text than `text` has. */
  readonly isCut: boolean
}

/** No more of an answer is read than this, in bytes. */
const answerBytesMax = 50_000

/**
 * Sends a request as it is, its body a text, and resolves with the answer: also with a refusal, and a redirection, which
 * it does not follow. Rejects with `UnreachableError` when the server was not reached.
 */
export async function exchange(
  { method, path, body }: Pick<PlannedRequest, 'method' | 'path'> & { body?: string },
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const response = await reached(
    fetch(`${base}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body }),
    }),
  )
  const { text, isCut } = await reached(readStart(response))
  return { status: response.status, headers: [...response.headers], text, isCut }
}

async function readStart({ body }: Response): Promise<{ text: string; isCut: boolean }> {
  const decoder = new TextDecoder()
  const reader = body?.getReader()
  let text = ''
  for (let bytes = 0; reader !== undefined && bytes < answerBytesMax;) {
    const { done, value } = await reader.read()
    if (done) return { text: text + decoder.decode(), isCut: false }
    bytes += value.length
    text += decoder.decode(value, { stream: true })
  }
  await reader?.cancel()
  return { text, isCut: reader !== undefined }
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

async function versioned<T>(response: Response, schema: z.ZodType<T>): Promise<Versioned<T>> {
  return { data: await read(response, schema), etag: response.headers.get('etag') ?? '' }
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

async function read<T>(response: Response, schema: z.ZodType<T>): Promise<T> {
  return schema.parse(JSON.parse(await reached(response.text())))
}

/** `fetch` and the reading of a body reject with a TypeError where the network failed. */
async function reached<T>(exchange: Promise<T>): Promise<T> {
  try {
    return await exchange
  } catch (cause) {
    if (cause instanceof TypeError) throw new UnreachableError('the server was not reached', { cause })
    throw cause
  }
}

/** What an error response must have. The code of a newer server may be one that this page does not know. */
const refusal = problem.extend({ code: problem.shape.code.catch('UNSUPPORTED') })

/** A body that is not problem details comes from a proxy on the way: only its status is used. */
async function refusalOf(response: Response): Promise<ApiError> {
  const parsed = refusal.safeParse(await response.json().catch(() => null))
  if (parsed.success) return new ApiError(parsed.data)
  return new ApiError({
    type: 'about:blank',
    title: response.statusText,
    status: response.status,
    detail: response.statusText,
    code: response.status === 401 ? 'UNAUTHORIZED' : response.status === 404 ? 'NOT_FOUND' : 'UNAVAILABLE',
    requestId: response.headers.get('x-request-id') ?? '',
  })
}

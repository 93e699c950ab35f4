import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { z } from 'zod'
import { api, onSessionEnd, rehearse, withQuery } from './api'
import { ApiError, UnreachableError, isApiError } from './api-error'

type Named = z.ZodType<{ name: string }>
const fetchMock = vi.fn<typeof fetch>()
const assign = vi.fn()

beforeEach(() => {
  vi.stubGlobal('fetch', fetchMock)
  vi.stubGlobal('location', { pathname: '/cn-hangzhou/instances', search: '?search=a', assign })
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetAllMocks()
})

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
  fetchMock.mockResolvedValue(new Response(body === undefined ? null : JSON.stringify(body), { status, headers }))
}

/** What a browser makes of a connection that breaks: the body rejects as the request would have. */
function brokenResponse(): Response {
  const body = new ReadableStream({ start: (controller) => controller.error(new TypeError('network error')) })
  return new Response(body)
}

function problemOf(status: number, code: string) {
  return { type: 'about:blank', title: 't', status, detail: 'what happened', code, requestId: 'r' }
}

test.each([[['a']], [null], [1]])('an answer that is not an object is refused: %j', async (body) => {
  answer(200, body)
  await expect(api.get<Named>('/x')).rejects.toThrow('not a JSON object')
})

test('an answer is taken as it comes, and a problem that a newer server says more of is still one', async () => {
  const body = { name: 'a', isNew: true }
  answer(200, body)
  await expect(api.get<Named>('/x')).resolves.toEqual(body)
  answer(409, { ...problemOf(409, 'NOT_EMPTY'), isNew: true })
  await expect(api.delete('/x')).rejects.toMatchObject({ code: 'NOT_EMPTY' })
})

test('a code that the client does not know leaves the message of the server', async () => {
  answer(409, problemOf(409, 'NEW_CODE'))
  await expect(api.delete('/x')).rejects.toMatchObject({ status: 409, code: 'NEW_CODE', message: 'what happened' })
})

test.each([
  ['no connection', () => fetchMock.mockRejectedValue(new TypeError('Failed to fetch'))],
  ['a connection that breaks in the answer', () => fetchMock.mockResolvedValue(brokenResponse())],
])('%s: the server was not reached', async (_, happens) => {
  happens()
  await expect(api.get<Named>('/x')).rejects.toThrow(UnreachableError)
})

test('an answer that cannot be read does not mean that the server was not reached', async () => {
  fetchMock.mockResolvedValue(new Response('<html>a proxy</html>'))
  const error: unknown = await api.get<Named>('/x').catch((thrown: unknown) => thrown)
  expect(error).not.toBeInstanceOf(UnreachableError)
  expect(error).not.toBeInstanceOf(ApiError)
})

test('a call that is given up stays one', async () => {
  fetchMock.mockRejectedValue(new DOMException('given up', 'AbortError'))
  await expect(api.get<Named>('/x')).rejects.toThrow(DOMException)
})

test('a versioned answer carries its ETag, and a change sends it back', async () => {
  answer(200, { name: 'a' }, { etag: '"7"' })
  await expect(api.getVersioned<Named>('/x')).resolves.toEqual({ data: { name: 'a' }, etag: '"7"' })
  answer(200, { name: 'b' }, { etag: '"8"' })
  await api.patch<Named>('/x', { name: 'b' }, { ifMatch: '"7"' })
  expect(fetchMock).toHaveBeenLastCalledWith(
    '/api/v1/x',
    expect.objectContaining({ method: 'PATCH', headers: expect.objectContaining({ 'if-match': '"7"' }) as unknown }),
  )
})

test('a refusal is an ApiError with the problem of its body', async () => {
  answer(412, problemOf(412, 'PRECONDITION_FAILED'))
  const error: unknown = await api.delete('/x').catch((thrown: unknown) => thrown)
  expect(isApiError(error, 'PRECONDITION_FAILED')).toBe(true)
  expect(error).toMatchObject({ status: 412, message: 'what happened' })
})

test('a refusal that is no problem keeps its status and trusts nothing else', async () => {
  fetchMock.mockResolvedValue(new Response('<html>Bad Gateway</html>', { status: 502 }))
  const error: unknown = await api.get<Named>('/x').catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ status: 502, code: 'UNAVAILABLE' })
})

test('a session that has ended leads to the log-on page and back', async () => {
  answer(401, problemOf(401, 'UNAUTHORIZED'))
  await expect(api.get<Named>('/x')).rejects.toThrow(ApiError)
  expect(assign).toHaveBeenCalledWith('/login?next=%2Fcn-hangzhou%2Finstances%3Fsearch%3Da')
})

test('the page may decide what happens when the session has ended; the log-on itself ends none', async () => {
  const handler = vi.fn()
  const undo = onSessionEnd(handler)
  answer(401, problemOf(401, 'UNAUTHORIZED'))
  await expect(api.post<Named>('/session', {})).rejects.toThrow(ApiError)
  expect(handler).not.toHaveBeenCalled()
  await expect(api.get<Named>('/x')).rejects.toThrow(ApiError)
  expect(handler).toHaveBeenCalledTimes(1)
  expect(assign).not.toHaveBeenCalled()
  undo()
  await expect(api.get<Named>('/x')).rejects.toThrow(ApiError)
  expect(assign).toHaveBeenCalledTimes(1)
})

test('wrong credentials on the log-on page stay there', async () => {
  vi.stubGlobal('location', { pathname: '/login', search: '', assign })
  answer(401, problemOf(401, 'UNAUTHORIZED'))
  await expect(api.post<Named>('/session', {})).rejects.toThrow(ApiError)
  expect(assign).not.toHaveBeenCalled()
})

test('parameters that are not set are left out of an address', () => {
  expect(withQuery('/x', { search: 'a&b', cursor: undefined, sort: '', pageSize: 20 })).toBe(
    '/x?search=a%26b&pageSize=20',
  )
  expect(withQuery('/x', { search: '' })).toBe('/x')
})

test('a rehearsal tells the request and sends nothing; what follows is sent again', async () => {
  const planned = rehearse(() => api.patch<Named>('/x', { name: 'b' }, { ifMatch: '"7"' }))
  expect(planned).toEqual({ method: 'PATCH', path: '/x', body: { name: 'b' } })
  expect(rehearse(() => api.delete('/x'))).toEqual({ method: 'DELETE', path: '/x' })
  expect(rehearse(() => undefined)).toBeNull()
  expect(fetchMock).not.toHaveBeenCalled()
  answer(200, { name: 'a' })
  await api.get<Named>('/x')
  expect(fetchMock).toHaveBeenCalledTimes(1)
})

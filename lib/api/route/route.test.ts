import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { AppError } from '@/lib/domain/errors'
import { setContext } from '@/lib/context'
import { operations } from '@/lib/api/operations/operations'
import { bodyMaxBytes, openBodyMaxBytes } from './read-request'
import { route } from './route'
import { type TestApi, basic, openTestApi } from '@/lib/testing/test-api'

let api: TestApi
let repositoryId: string
let member: string

beforeAll(async () => {
  api = await openTestApi()
  repositoryId = (await api.makeRepository()).repositoryId
  member = await api.makeMember()
})
afterAll(() => api.close())

const repository = '/repositories/{repositoryId}'

function patch(body: unknown, headers: Record<string, string> = {}) {
  return api.call('PATCH', repository, { repositoryId }, { body, headers })
}

test('If-Match names no version of what has none: nothing changes', async () => {
  const { json } = await api.call('POST', '/access-keys', {}, { body: {} })
  const change = (headers: Record<string, string>) =>
    api.call('PATCH', '/access-keys/{accessKeyId}', { accessKeyId: json.id }, { body: { isDisabled: true }, headers })
  expect((await change({ 'if-match': '"1"' })).status).toBe(412)
  expect((await api.ctx.db.prisma.accessKey.findUnique({ where: { id: json.id } }))?.isDisabled).toBe(false)
  expect((await change({ 'if-match': '*' })).status).toBe(200)
})

describe('who may', () => {
  test('an administrator’s access key is let in', async () => {
    expect((await api.call('GET', '/regions')).status).toBe(200)
  })

  test('nobody in particular gets 401, and no window of the browser', async () => {
    const answer = await api.call('GET', '/regions', {}, { anonymous: true })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBeNull()
  })

  test.each([
    ['a wrong secret', basic('TESTKEY000000001', 'wrong')],
    ['an unknown key', basic('NOSUCHKEY', 'secret-of-the-test-key')],
    ['name and password of the console', basic('admin', 'correct-horse-battery')],
    ['no colon', `Basic ${Buffer.from('nocolon').toString('base64')}`],
  ])('%s gets 401 with a challenge', async (_, authorization) => {
    const answer = await api.call('GET', '/regions', {}, { headers: { authorization } })
    expect(answer.status).toBe(401)
    expect(answer.json.code).toBe('UNAUTHORIZED')
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="Stele"')
  })

  test('a member gets 403 of what only administrators may', async () => {
    const answer = await api.call('GET', '/garbage-collections', {}, { headers: { authorization: member } })
    expect(answer.status).toBe(403)
    expect(answer.json.code).toBe('DENIED')
  })

  test('the caller has no say in the request id', async () => {
    const answer = await api.call('GET', '/regions', {}, { headers: { 'x-request-id': 'mine' } })
    expect(answer.headers.get('x-request-id')).not.toBe('mine')
  })
})

describe('bad input', () => {
  test('fields at fault are named, unknown ones and null too', async () => {
    const answer = await patch({ tagImmutability: 'yes', type: null, colour: 'red' })
    expect(answer.status).toBe(400)
    expect(answer.json.code).toBe('BAD_REQUEST')
    expect(answer.json.errors.map((error) => error.path).sort()).toEqual(['colour', 'tagImmutability', 'type'])
  })

  test.each([
    ['broken JSON', '{"summary":'],
    ['no object', '7'],
    ['nothing', ''],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
    ['a null character', '{"summary":"a\\u0000b"}'],
  ])('%s gets 400', async (_, body) => {
    expect((await patch(body)).status).toBe(400)
  })

  test.each(['?pageSize=0', '?pageSize=101', '?pageSize=x', '?colour=red', '?pageSize=1&pageSize=2', '?search=%00'])(
    'query %s gets 400 with the field',
    async (query) => {
      const answer = await api.call('GET', '/instances', {}, { query })
      expect(answer.status).toBe(400)
      expect(answer.json.errors).toHaveLength(1)
    },
  )

  test('of many fields at fault, 20 are named, and long names are cut', async () => {
    const unknown = Object.fromEntries(
      Array.from({ length: 2000 }, (_, i) => [`${i}${'x'.repeat(i === 0 ? 9000 : 9)}`, 1]),
    )
    const answer = await patch(unknown)
    expect(answer.status).toBe(400)
    expect(answer.json.errors).toHaveLength(20)
    for (const { path } of answer.json.errors) expect(path.length).toBeLessThanOrEqual(101)
  })

  test('a caller without credentials may send little, announced or not', async () => {
    const logOn = (headers: Record<string, string>, length: number) =>
      api.call('POST', '/session', {}, { anonymous: true, body: '{}'.padEnd(length, ' '), headers })
    expect((await logOn({}, openBodyMaxBytes)).status).toBe(400)
    expect((await logOn({}, openBodyMaxBytes + 1)).status).toBe(413)
    expect((await logOn({ 'content-length': String(openBodyMaxBytes + 1) }, 2)).status).toBe(413)
  })

  test('a body over the limit gets 413, announced or not; one of the limit is read', async () => {
    const body = JSON.stringify({ description: 'x'.repeat(bodyMaxBytes) })
    expect((await patch(body)).status).toBe(413)
    expect((await patch(body, { 'content-length': String(body.length) })).status).toBe(413)
    const padded = JSON.stringify({ summary: 'short' }).padEnd(bodyMaxBytes, ' ')
    expect((await patch(padded)).status).toBe(200)
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])('%s gets 415', async (type) => {
    expect((await patch('{}', { 'content-type': type })).status).toBe(415)
  })

  test('a patch may call itself a merge patch; a creation may not', async () => {
    const headers = { 'content-type': 'application/merge-patch+json; charset=utf-8' }
    expect((await patch({ summary: 'merged' }, headers)).status).toBe(200)
    const body = { name: 'other', regionId: 'cn-hangzhou' }
    expect((await api.call('POST', '/instances', {}, { body, headers })).status).toBe(415)
  })

  test.each(['3', 'W/"1"', '"1', '"1",x', '', ',', '*, "1"', 'W/"1", "1"', '"1""2"', '" 1"', '*, *'])(
    'If-Match: %s is not understood, so nothing changes',
    async (ifMatch) => {
      expect((await patch({ summary: 'changed' }, { 'if-match': ifMatch })).status).toBe(400)
    },
  )

  test.each(['"x1x"', '"01"', '""', '"x", "11"'])('If-Match: %s is another version', async (ifMatch) => {
    expect((await patch({ summary: 'changed' }, { 'if-match': ifMatch })).status).toBe(412)
  })

  test.each(['*', '"1"', 'W/"1"', ''])('a change takes no If-None-Match: %s', async (ifNoneMatch) => {
    expect((await patch({ summary: 'changed' }, { 'if-none-match': ifNoneMatch })).status).toBe(400)
    const headers = { 'if-none-match': ifNoneMatch }
    expect((await api.call('GET', repository, { repositoryId }, { headers })).status).toBe(200)
  })

  test('an id with a control character is nobody’s', async () => {
    expect((await api.call('GET', repository, { repositoryId: 'crr\0' })).status).toBe(404)
  })
})

describe('other methods and paths', () => {
  test('a method that a resource lacks gets 405 and is told which there are', async () => {
    const answer = await api.call('PUT', repository, { repositoryId })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('GET, PATCH, DELETE, HEAD, OPTIONS')
  })

  test('OPTIONS says what there is', async () => {
    const answer = await api.call('OPTIONS', '/instances', {}, { anonymous: true })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS')
  })

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const)(
    '%s of a path that is nothing gets 404',
    async (method) => {
      expect((await api.call(method, '/[[...path]]')).status).toBe(404)
    },
  )
})

describe('changes that another site asks for', () => {
  async function cookieOf(): Promise<string> {
    const body = { userName: 'admin', password: 'correct-horse-battery' }
    const { headers } = await api.call('POST', '/session', {}, { anonymous: true, body })
    return headers.get('set-cookie')?.split(';')[0] ?? ''
  }

  test.each([
    ['http://localhost:3000', 200],
    ['http://LOCALHOST:3000', 200],
    ['http://localhost:3001', 403],
    ['http://localhost', 403],
    ['https://evil.test', 403],
    ['http://localhost:3000.evil.test', 403],
    ['null', 403],
    ['', 403],
  ])('with the cookie, from %j: %i', async (origin, status) => {
    const headers = { cookie: `theme=dark; ${await cookieOf()}`, origin }
    const options = { anonymous: true, headers, body: { summary: 'by cookie' } }
    expect((await api.call('PATCH', repository, { repositoryId }, options)).status).toBe(status)
  })

  test('with the cookie and no Origin: 403; reading needs none', async () => {
    const headers = { cookie: await cookieOf() }
    const options = { anonymous: true, headers, body: {} }
    expect((await api.call('PATCH', repository, { repositoryId }, options)).status).toBe(403)
    expect((await api.call('GET', repository, { repositoryId }, { anonymous: true, headers })).status).toBe(200)
  })

  test('an access key needs no Origin, and a foreign one is refused all the same', async () => {
    expect((await patch({})).status).toBe(200)
    expect((await patch({}, { origin: 'https://evil.test' })).status).toBe(403)
  })

  test('a foreign page cannot log a person on', async () => {
    const body = { userName: 'admin', password: 'correct-horse-battery' }
    const headers = { origin: 'https://evil.test' }
    expect((await api.call('POST', '/session', {}, { anonymous: true, body, headers })).status).toBe(403)
  })

  test('the refusal has its own code, tells both addresses, and is logged for the administrator', async () => {
    const log = vi.spyOn(api.ctx.log, 'warn')
    const facts = { expected: ['http://localhost:3000'], origin: 'https://localhost:3000' }
    const answer = await patch({}, { origin: facts.origin })
    expect(answer).toMatchObject({ status: 403, json: { code: 'ORIGIN_REFUSED', context: facts } })
    expect(answer.json['detail']).toContain(
      'expected the Origin http://localhost:3000, got Origin: https://localhost:3000',
    )
    const requestId = answer.headers.get('x-request-id')
    expect(log.mock.calls).toEqual([[{ ...facts, requestId, operation: 'updateRepository' }, answer.json['detail']]])
    log.mockRestore()
  })

  test('behind a proxy the public address is the server’s own too', async () => {
    const proxied = await openTestApi({ STELE_PUBLIC_URL: 'https://hub.test' })
    try {
      const body = { userName: 'admin', password: 'correct-horse-battery' }
      const from = (origin: string) =>
        proxied.call('POST', '/session', {}, { anonymous: true, body, headers: { origin } })
      expect((await from('https://hub.test')).status).toBe(201)
      expect((await from('https://hub.test:8443')).status).toBe(403)
    } finally {
      await proxied.close()
    }
  })
})

describe('failures of ours', () => {
  beforeAll(() => setContext(api.ctx))

  const segment = { params: Promise.resolve({}) }
  const request = () =>
    new Request('http://localhost:3000/api/v1/openapi.json', { headers: { host: 'localhost:3000' } })

  test('are logged with their cause, and say nothing to the client', async () => {
    const log = vi.spyOn(api.ctx.log, 'error')
    const failing = route(operations.getOpenApiDocument, () => {
      throw new Error('SELECT secret FROM table')
    })
    const response = await failing(request(), segment)
    const body = await response.text()
    expect(response.status).toBe(500)
    expect(body).toContain('INTERNAL')
    expect(body).not.toContain('SELECT')
    const [fields] = log.mock.calls[0] ?? []
    expect(fields).toMatchObject({ requestId: response.headers.get('x-request-id') })
    expect((fields as { err: AppError }).err.cause).toMatchObject({ message: 'SELECT secret FROM table' })
    log.mockRestore()
  })

  test('an answer that is not of its schema is a failure, not an answer', async () => {
    const wrong = route(operations.getOpenApiDocument, () => ({ body: { openapi: '2' as '3.1.0' } }))
    expect((await wrong(request(), segment)).status).toBe(500)
  })

  test('a database that fails gets 503', async () => {
    const unavailable = route(operations.getOpenApiDocument, () => {
      throw new AppError('UNAVAILABLE', { cause: new Error('disk') })
    })
    const answer = await unavailable(request(), segment)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('5')
  })
})

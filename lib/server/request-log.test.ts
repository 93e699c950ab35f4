import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, test } from 'vitest'
import { pino } from 'pino'
import type { Exchange } from './exchange'
import { createRequestLog } from './request-log'

interface Given extends Partial<Pick<Exchange, 'door' | 'route' | 'error'>> {
  readonly url?: string
  readonly headers?: IncomingHttpHeaders
}

/** What is logged at `level` of a request. */
function lineOf({ url = '/v2/', headers, ...given }: Given, level = 'info'): Record<string, unknown> | null {
  const lines: string[] = []
  const log = pino({ level, base: null }, { write: (line: string) => void lines.push(line) })
  const exchange = {
    requestId: 'b4d3a208-e087-414e-bf1a-eebe89ec7e90',
    door: 'registry',
    route: '/v2/',
    error: null,
    request: {
      method: 'GET',
      url,
      headers: { host: 'localhost', 'user-agent': 'docker/24', ...headers },
      socket: { remoteAddress: '192.0.2.7' },
    },
    response: { statusCode: 200, writableFinished: true },
    durationMs: 1.26,
    ...given,
  }
  createRequestLog(log)(exchange as unknown as Exchange)
  return lines.length === 0 ? null : (JSON.parse(lines.join('')) as Record<string, unknown>)
}

describe('the line of a request', () => {
  test('has these fields and no others', () => {
    const { time, level, ...fields } = lineOf({}) ?? {}
    expect([typeof time, level]).toEqual(['string', 'info'])
    expect(fields).toEqual({
      requestId: 'b4d3a208-e087-414e-bf1a-eebe89ec7e90',
      door: 'registry',
      method: 'GET',
      path: '/v2/',
      route: '/v2/',
      status: 200,
      durationMs: 1.3,
      whole: true,
      address: '192.0.2.7',
      userAgent: 'docker/24',
      msg: 'request',
    })
  })

  test('has the code of a refusal', () => {
    expect(lineOf({ error: 'TAG_IMMUTABLE' })).toMatchObject({ error: 'TAG_IMMUTABLE' })
  })

  test('has nothing that could be a credential', () => {
    const line = JSON.stringify(
      lineOf({
        url: '/v2/a/b/blobs/uploads/x?_state=secret-1&digest=sha256:0',
        headers: { authorization: 'Basic secret-2', cookie: 'stele=secret-3', 'x-api-key': 'secret-4' },
      }),
    )
    expect(line).toContain('/v2/a/b/blobs/uploads/x"')
    expect(line).not.toContain('secret')
  })

  test('is one line of JSON whatever a client sends', () => {
    const strange = '/v2/"},{"level":"fatal\\\u00e9\u2028'
    expect(lineOf({ url: strange, headers: { 'user-agent': '"\\\t\u00ff' } })).toMatchObject({
      level: 'info',
      path: strange,
      userAgent: '"\\\t\u00ff',
    })
  })

  test.each([
    ['a proxy’s request id', '7f3a-1:2.x', '7f3a-1:2.x'],
    ['none that is too long', 'a'.repeat(129), undefined],
    ['none with characters of another kind', 'a\u001b[31m', undefined],
  ])('has %s', (_name, given, expected) => {
    expect(lineOf({ headers: { 'x-request-id': given } })?.['clientRequestId']).toBe(expected)
  })

  test('is cut where a client would make it long', () => {
    const line = lineOf({ url: `/v2/${'a'.repeat(5000)}`, headers: { 'user-agent': 'b'.repeat(5000) } })
    expect(JSON.stringify(line).length).toBeLessThan(1500)
  })

  test('is written at debug for the console’s own files', () => {
    expect(lineOf({ door: 'console', route: 'asset' })).toBeNull()
    expect(lineOf({ door: 'console', route: 'asset' }, 'debug')).toMatchObject({ route: 'asset' })
  })
})

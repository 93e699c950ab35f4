import { describe, expect, test } from 'vitest'
import { AppError } from '@/lib/domain/errors'
import { assertSameOrigin } from './same-origin'

const host = 'hub.test:8443'
const cookie = 'stele_session_8443=token'

/** The refusal of a change with these headers; null when it is let through. */
function refusalOf(headers: Record<string, string>, method = 'POST', publicUrl: string | null = null): AppError | null {
  try {
    assertSameOrigin(new Request(`http://${host}/api/v1/session`, { method, headers: { host, ...headers } }), publicUrl)
    return null
  } catch (error) {
    return AppError.from(error)
  }
}

/** Whether a change with these headers is let through. */
function isAllowed(headers: Record<string, string>, method = 'POST', publicUrl: string | null = null): boolean {
  const refusal = refusalOf(headers, method, publicUrl)
  if (refusal !== null) expect(refusal.code).toBe('ORIGIN_REFUSED')
  return refusal === null
}

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s of a page of ours', (method) => {
  const headers = { cookie, origin: 'http://hub.test:8443', 'sec-fetch-site': 'same-origin' }
  expect(isAllowed(headers, method)).toBe(true)
})

test.each([
  ['another site', { cookie, origin: 'https://evil.test' }],
  ['another site, without the cookie: a log-on', { origin: 'https://evil.test' }],
  ['another port', { cookie, origin: 'http://hub.test' }],
  ['a host that begins like ours', { cookie, origin: 'http://hub.test:8443.evil.test' }],
  ['a host that ends like ours', { cookie, origin: 'http://evil-hub.test:8443' }],
  ['a name before an @', { cookie, origin: 'http://hub.test:8443@evil.test' }],
  ['a sandboxed page', { cookie, origin: 'null' }],
  ['a sandboxed page, without the cookie: a log-on', { origin: 'null' }],
  ['a file', { cookie, origin: 'file://' }],
  ['an extension', { cookie, origin: 'moz-extension://hub.test:8443' }],
  ['nobody says whom', { cookie }],
  ['another site by the browser’s word', { cookie, origin: 'http://hub.test:8443', 'sec-fetch-site': 'cross-site' }],
  ['another host of our domain', { cookie, origin: 'http://hub.test:8443', 'sec-fetch-site': 'same-site' }],
  ['another site, where no Origin came', { 'sec-fetch-site': 'cross-site' }],
  ['what Sec-Fetch-Site does not know', { 'sec-fetch-site': 'same-origin, cross-site' }],
])('not a page of %s', (_, headers) => {
  expect(isAllowed(headers)).toBe(false)
})

test('under TLS, not a page of ours that came without it', () => {
  const secure = { cookie, 'x-stele-forwarded-proto': 'https' }
  expect(isAllowed({ ...secure, origin: 'https://hub.test:8443' })).toBe(true)
  expect(isAllowed({ ...secure, origin: 'http://hub.test:8443' })).toBe(false)
})

test('behind a proxy that ends TLS and says nothing of it', () => {
  expect(isAllowed({ cookie, origin: 'https://hub.test:8443' })).toBe(false)
  expect(isAllowed({ origin: 'https://hub.test:8443' })).toBe(false)
  expect(isAllowed({ cookie, origin: 'https://public.test' }, 'POST', 'https://public.test')).toBe(true)
  expect(isAllowed({ cookie, origin: 'http://public.test' }, 'POST', 'https://public.test')).toBe(false)
})

test.each([
  ['HUB.test:8443', 'http://hub.TEST:8443', true],
  ['hub.test.:8443', 'http://hub.test:8443', true],
  ['hub.test:8443', 'http://hub.test.:8443', true],
  ['hub.test', 'http://hub.test.', true],
  ['hub.test:80', 'http://hub.test', true],
  ['hub.test', 'http://hub.test:80', true],
  ['hub.test', 'http://hub.test:443', false],
  ['hub.test:443', 'https://hub.test', false],
  ['[::1]:3000', 'http://[0:0:0:0:0:0:0:1]:3000', true],
  ['[::1]:3000', 'http://[::1]', false],
  ['[::1]', 'http://[::2]', false],
  ['127.0.0.1:3000', 'http://localhost:3000', false],
  ['hub.test', 'ws://hub.test', false],
  ['', 'http://', false],
])('at %s, is %s ours: %s', (atHost, origin, expected) => {
  expect(isAllowed({ cookie, host: atHost, origin })).toBe(expected)
})

test('the public address in another spelling', () => {
  expect(isAllowed({ cookie, origin: 'https://public.test' }, 'POST', 'https://PUBLIC.test.:443')).toBe(true)
})

test('a client that is no browser', () => {
  expect(isAllowed({ authorization: 'Basic eDp5' })).toBe(true)
  expect(isAllowed({})).toBe(true)
})

test('reading, whoever asks', () => {
  expect(isAllowed({ cookie, origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }, 'GET')).toBe(true)
})

describe('a refusal says what was expected, what came, and what to set', () => {
  test.each<[string, Record<string, string>, string | null, RegExp]>([
    [
      'a proxy ends TLS and does not say so',
      { host: 'hub.test', origin: 'https://hub.test' },
      null,
      /expected the Origin http:\/\/hub\.test, got Origin: https:\/\/hub\.test; .*set STELE_PUBLIC_URL or STELE_TRUSTED_PROXIES/,
    ],
    [
      'a proxy drops the port',
      { host: 'hub.test', origin: 'http://hub.test:8080' },
      null,
      /expected the Origin http:\/\/hub\.test, got Origin: http:\/\/hub\.test:8080; a proxy must pass the Host header on with its port/,
    ],
    [
      'a proxy sends its own Host, and another address is public',
      { host: 'stele:3000', origin: 'https://hub.test' },
      'https://old.test',
      /expected the Origin https:\/\/old\.test or http:\/\/stele:3000, got Origin: https:\/\/hub\.test; STELE_PUBLIC_URL must be the address in the browser/,
    ],
    [
      'the console over http where https is public: its Secure cookie would be dropped',
      { host: 'hub.test', origin: 'http://hub.test' },
      'https://hub.test',
      /got Origin: http:\/\/hub\.test; STELE_PUBLIC_URL is https, .*: open https:\/\/hub\.test$/,
    ],
    [
      'another site by the browser’s word',
      { origin: 'http://evil.test', 'sec-fetch-site': 'cross-site' },
      null,
      /got Origin: http:\/\/evil\.test, Sec-Fetch-Site: cross-site; a page of another site/,
    ],
    ['no origin', { cookie }, null, /got Origin: none; with the session cookie/],
    ['text that a terminal obeys', { origin: '\x9b31m' }, null, /got Origin: \?31m;/],
    ['a long text', { origin: `http://${'x'.repeat(5000)}` }, null, /^.{1,500}$/],
  ])('%s', (_, headers, publicUrl, message) => {
    const refusal = refusalOf(headers, 'POST', publicUrl)
    expect(refusal?.code).toBe('ORIGIN_REFUSED')
    expect(refusal?.message).toMatch(message)
  })

  test('its facts are in the detail', () => {
    const headers = { host: 'stele:3000', origin: 'https://hub.test', 'sec-fetch-site': 'same-origin' }
    expect(refusalOf(headers, 'POST', 'https://old.test:443/')?.detail).toEqual({
      expected: ['https://old.test', 'http://stele:3000'],
      origin: 'https://hub.test',
      site: 'same-origin',
    })
  })

  test.each(['localhost:3000', '127.0.0.1:3000', '[::1]:3000'])('browsers keep Secure cookies at %s', (loopback) => {
    expect(refusalOf({ host: loopback, origin: `http://${loopback}` }, 'POST', 'https://hub.test')).toBeNull()
  })
})

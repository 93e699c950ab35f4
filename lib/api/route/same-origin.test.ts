import { expect, test } from 'vitest'
import { assertSameOrigin } from './same-origin'

const host = 'hub.test:8443'
const cookie = 'stele_session_8443=token'

/** Whether a change with these headers is let through. */
function isAllowed(headers: Record<string, string>, method = 'POST', publicUrl: string | null = null): boolean {
  try {
    assertSameOrigin(new Request(`http://${host}/api/v1/session`, { method, headers: { host, ...headers } }), publicUrl)
    return true
  } catch {
    return false
  }
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

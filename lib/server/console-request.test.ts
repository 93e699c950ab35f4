import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { regionCookie, themeCookie } from '@/components/frame/preferences'
import { localeCookie } from '@/lib/i18n/locales'
import { findMalformed, prepareForNext } from './console-request'

test('nothing that a client says to the inside comes in; what only the server knows does', () => {
  const request = {
    headers: {
      host: 'hub.test',
      cookie: 'stele_session=x',
      rsc: '1',
      'next-router-state-tree': '[]',
      'x-request-id': 'abc',
      'x-stele-remote-address': '6.6.6.6',
      'x-stele-anything': '1',
      'x-middleware-subrequest': 'middleware:middleware',
      'x-invoke-path': '/login',
      'x-matched-path': '/login',
      'x-nextjs-data': '1',
      'x-now-route-matches': '1',
      'x-prerender-revalidate': '1',
      'x-original-url': '/',
      'x-rewrite-url': '/',
      'x-http-method-override': 'DELETE',
      'x-http-method': 'DELETE',
      'x-method-override': 'DELETE',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-proto': 'https',
      'x-forwarded-prefix': '/evil',
      'next-action': 'x',
      'content-security-policy': "script-src 'nonce-x'",
      'content-security-policy-report-only': "script-src 'nonce-x'",
    },
  } as unknown as IncomingMessage

  const client = { address: '192.0.2.7', isSecure: false }
  prepareForNext(request, { client, requestId: 'id', policy: "script-src 'nonce-y'", publicUrl: null })

  expect(request.headers).toEqual({
    host: 'hub.test',
    cookie: 'stele_session=x',
    rsc: '1',
    'next-router-state-tree': '[]',
    'x-request-id': 'abc',
    'x-stele-remote-address': '192.0.2.7',
    'x-stele-request-id': 'id',
    'x-stele-forwarded-proto': 'http',
    'x-forwarded-for': '192.0.2.7',
    'x-forwarded-proto': 'http',
    'content-security-policy': "script-src 'nonce-y'",
  })
})

test('only a page can be asked for in Next’s own form', () => {
  const request = { headers: { rsc: '1', 'next-router-prefetch': '1' } } as unknown as IncomingMessage
  prepareForNext(request, { client: { address: '', isSecure: false }, requestId: 'id', policy: null, publicUrl: null })
  expect(Object.keys(request.headers).filter((name) => /rsc|next|policy/.test(name))).toEqual([])
})

describe('cookies', () => {
  function pass(
    cookie: string,
    { host = 'hub.test', isSecure = false, publicUrl = null as string | null } = {},
  ): unknown {
    const request = { headers: { cookie, host } } as unknown as IncomingMessage
    prepareForNext(request, { client: { address: '', isSecure }, requestId: 'id', policy: null, publicUrl })
    return request.headers.cookie
  }

  test('only the console’s own reach Next, each name once', () => {
    const own = ['stele_session', 'stele_single_sign_on', localeCookie, themeCookie, regionCookie]
    const cookies = own.map((name) => `${name}=of-${name}=x`)
    expect(pass(cookies.join('; '))).toBe(cookies.join('; '))
    expect(pass(`a=1;${cookies.join('; b=2;  ')}; c; =d; stele_session=second`)).toBe(cookies.join('; '))
    expect(pass('a=1; b=2')).toBeUndefined()
  })

  test.each([
    ['hub.test:3000', {}, 'stele_session_3000'],
    ['hub.test.:3000', {}, 'stele_session_3000'],
    ['[::1]:3000', {}, 'stele_session_3000'],
    ['hub.test', {}, 'stele_session'],
    ['hub.test:80', {}, 'stele_session'],
    ['hub.test:443', {}, 'stele_session_443'],
    ['hub.test:443', { isSecure: true }, 'stele_session'],
    // A proxy may change the Host, or drop its port.
    ['hub.test', { publicUrl: 'https://hub.test:8443' }, 'stele_session_8443'],
    ['stele:3000', { isSecure: true, publicUrl: 'https://hub.test' }, 'stele_session'],
  ])('at %s %j, the session is in %s, however many servers the host has', (host, given, name) => {
    const ports = ['', '_443', '_3000', '_8443', ...Array.from({ length: 20 }, (_, i) => `_${9000 + i}`)]
    const cookies = ports.reverse().map((port) => `stele_session${port}=x`)
    expect(pass(cookies.join('; '), { host, ...given })).toBe(`${name}=x`)
  })

  test('names that only look like the console’s are few', () => {
    const many = Array.from({ length: 500 }, (_, i) => `stele_${'x'.repeat(i)}=1`)
    expect(String(pass(many.join('; '))).split('; ')).toHaveLength(8)
  })
})

test('the state of a browser’s router is JSON, short and not deep', () => {
  const routerState = (given: string) => {
    const request = { method: 'GET', url: '/login', headers: { 'next-router-state-tree': given } }
    return findMalformed(request as unknown as IncomingMessage, page)
  }
  const search = JSON.stringify({ search: `${'['.repeat(50)}\\"` })
  const state = ['', { children: ['cn-hangzhou', { children: [`__PAGE__?${search}`, {}] }] }, null, null, true]
  expect(routerState(encodeURIComponent(JSON.stringify(state)))).toBeNull()
  expect(routerState(`${'['.repeat(40)}${']'.repeat(40)}`)).toBeNull()
  expect(routerState(`${'['.repeat(41)}${']'.repeat(41)}`)?.status).toBe(400)
  expect(routerState('['.repeat(7000))?.status).toBe(400)
  expect(routerState('%zz')?.status).toBe(400)
  expect(routerState(`"${'x'.repeat(9000)}"`)?.status).toBe(400)
})

const page = { isApi: false, isDevelopment: false }
const api = { isApi: true, isDevelopment: false }

test.each([
  ['GET', '/cn-hangzhou/instances?search=a%5Cb', page, null],
  ['GET', '/', page, null],
  ['GET', '/a/b%20c', page, null],
  ['POST', '/login', page, 405],
  ['POST', '/login', { ...page, isDevelopment: true }, null],
  ['TRACE', '/login', page, 405],
  ['GET', '//evil.example', page, 400],
  ['GET', '/%2Fevil.example', page, 400],
  ['GET', '/\\evil.example', page, 400],
  ['GET', '/%5Cevil.example', page, 400],
  ['GET', '/a%5c..%5cb', page, 400],
  ['GET', '/a%00', page, 400],
  ['GET', '/a%0d%0aSet-Cookie:b', page, 400],
  ['GET', '/%C0%AE%C0%AE/', page, 400],
  ['GET', '/%zz', page, 400],
  ['GET', 'http://evil.example/', page, 400],
  ['GET', `/${'x'.repeat(9000)}`, page, 414],
  ['GET', `/login?${'a&'.repeat(99)}`, page, null],
  ['GET', `/login?${'a&'.repeat(100)}`, page, 400],
  ['GET', `/api/v1/session?${'&'.repeat(100)}`, api, 400],
  ['DELETE', '/api/v1/session', api, null],
  ['GET', '/api/v1/%C0%AE', api, 400],
  ['BREW', '/api/v1/session', api, 405],
])('%s %s', (method, url, rules, status) => {
  const fault = findMalformed({ method, url, headers: {} } as unknown as IncomingMessage, rules)
  expect(fault?.status ?? null).toBe(status)
})

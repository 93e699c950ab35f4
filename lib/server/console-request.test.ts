import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
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
  prepareForNext(request, { client, requestId: 'id', policy: "script-src 'nonce-y'" })

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
  prepareForNext(request, { client: { address: '', isSecure: false }, requestId: 'id', policy: null })
  expect(Object.keys(request.headers).filter((name) => /rsc|next|policy/.test(name))).toEqual([])
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
  ['DELETE', '/api/v1/session', api, null],
  ['GET', '/api/v1/%C0%AE', api, 400],
  ['BREW', '/api/v1/session', api, 405],
])('%s %s', (method, url, rules, status) => {
  const fault = findMalformed({ method, url } as unknown as IncomingMessage, rules)
  expect(fault?.status ?? null).toBe(status)
})

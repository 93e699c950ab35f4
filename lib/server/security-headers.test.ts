import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import type { Client } from '@/lib/auth/client'
import type { Door } from './exchange'
import { createNonce, pagePolicy, setSecurityHeaders } from './security-headers'

function headersOf(door: Door, client: Partial<Client> = {}, policy?: string): Record<string, string> {
  const headers: Record<string, string> = {}
  const response = { setHeader: (name: string, value: string) => void (headers[name.toLowerCase()] = value) }
  setSecurityHeaders(response as unknown as ServerResponse, door, { address: '', isSecure: false, ...client }, policy)
  return headers
}

test('a page runs no script without its nonce, and is framed by nobody', () => {
  const nonce = createNonce()
  const policy = pagePolicy(nonce, false)
  expect(headersOf('console', {}, policy)['content-security-policy']).toBe(policy)
  expect(policy).toContain(`script-src 'self' 'nonce-${nonce}' 'strict-dynamic';`)
  expect(policy).not.toMatch(/unsafe|\*|http/)
  for (const directive of [
    "default-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
  ]) {
    expect(policy.split('; ')).toContain(directive)
  }
})

test('each answer has a nonce of its own', () => {
  const nonces = new Set(Array.from({ length: 100 }, createNonce))
  expect(nonces.size).toBe(100)
  for (const nonce of nonces) expect(Buffer.from(nonce, 'base64')).toHaveLength(16)
})

test.each(['registry', 'api', 'console'] as const)(
  '%s: a browser guesses no type, and loads nothing for data',
  (door) => {
    const headers = headersOf(door)
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; frame-ancestors 'none'/)
  },
)

test('a blob opened in a browser is in a sandbox', () => {
  expect(headersOf('registry')['content-security-policy']).toMatch(/; sandbox$/)
})

test.each(['registry', 'api', 'console'] as const)('%s: HSTS under TLS only', (door) => {
  expect(headersOf(door)['strict-transport-security']).toBeUndefined()
  expect(headersOf(door, { isSecure: true })['strict-transport-security']).toBe('max-age=31536000')
})

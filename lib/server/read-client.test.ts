import type { IncomingMessage } from 'node:http'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { parseConfig } from '@/lib/config'
import { createClientReader } from './read-client'

function readerOf(env: Record<string, string>) {
  const lines: string[] = []
  const log = pino({ base: null }, { write: (line: string) => void lines.push(line) })
  const read = createClientReader(parseConfig(env), log)
  return {
    lines,
    read: (remoteAddress: string | undefined, headers: Record<string, string> = {}) =>
      read({ socket: { remoteAddress }, headers } as unknown as IncomingMessage),
  }
}

const trusting = { STELE_TRUSTED_PROXIES: 'loopback, 10.0.0.0/8,2001:db8::5' }

test.each([
  ['a stranger’s word', '192.0.2.1', '203.0.113.9', '192.0.2.1'],
  ['a trusted proxy’s word', '127.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['over IPv6', '2001:db8::5', '2001:db8:1::1', '2001:db8:1::1'],
  ['from a socket that maps IPv4', '::ffff:127.0.0.1', '::ffff:203.0.113.9', '203.0.113.9'],
  ['what the client wrote before the proxy did', '127.0.0.1', '6.6.6.6, 203.0.113.9', '203.0.113.9'],
  ['what the client pretends of proxies', '127.0.0.1', '6.6.6.6, 10.0.0.1, 203.0.113.9', '203.0.113.9'],
  ['two trusted proxies', '127.0.0.1', '203.0.113.9, 10.1.1.1', '203.0.113.9'],
  ['nothing but proxies', '127.0.0.1', '10.1.1.2, 10.1.1.1', '10.1.1.2'],
  ['an address with a port', '127.0.0.1', '203.0.113.9:4711', '203.0.113.9'],
  ['an IPv6 address with a port', '127.0.0.1', '[2001:db8:1::1]:4711', '2001:db8:1::1'],
  ['no address', '127.0.0.1', '<script>', '127.0.0.1'],
  ['nothing', '127.0.0.1', '', '127.0.0.1'],
])('the client’s address by %s', (_, remoteAddress, forwarded, address) => {
  const { read } = readerOf(trusting)
  expect(read(remoteAddress, { 'x-forwarded-for': forwarded }).address).toBe(address)
})

test('nobody is trusted unless the setting says so, which is said once', () => {
  const { read, lines } = readerOf({})
  for (let i = 0; i < 3; i++) {
    const headers = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' }
    expect(read('127.0.0.1', headers)).toEqual({ address: '127.0.0.1', isSecure: false })
  }
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('STELE_TRUSTED_PROXIES')
  expect(lines[0]).not.toContain('203.0.113.9')
})

test.each([
  ['127.0.0.1', 'https', true],
  ['127.0.0.1', 'HTTPS, http', true],
  ['127.0.0.1', 'http, https', false],
  ['127.0.0.1', 'httpsx', false],
  ['192.0.2.1', 'https', false],
])('from %s, X-Forwarded-Proto: %s means TLS: %s', (remoteAddress, proto, isSecure) => {
  expect(readerOf(trusting).read(remoteAddress, { 'x-forwarded-proto': proto }).isSecure).toBe(isSecure)
})

test('a public address of https means TLS, whatever headers say', () => {
  const { read } = readerOf({ STELE_PUBLIC_URL: 'https://hub.test', ...trusting })
  expect(read('192.0.2.1').isSecure).toBe(true)
  expect(read('127.0.0.1', { 'x-forwarded-proto': 'http' }).isSecure).toBe(true)
})

test('a connection that is gone has no address', () => {
  expect(readerOf(trusting).read(undefined, { 'x-forwarded-for': '203.0.113.9' }).address).toBe('')
})

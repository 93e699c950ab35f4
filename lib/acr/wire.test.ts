import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureFirstAdministrator } from '@/lib/auth/first-administrator'
import { type AcrDoor, addAccessKey, openAcrDoor } from '@/lib/testing/acr-door'
import { type AcrKey, type Signing, signRequest } from '@/lib/testing/acr-signer'
import { type TestContext, administratorPassword, openTestContext } from '@/lib/testing/test-context'
import { send, sendRaw } from '@/lib/testing/test-server'

/* How requests of ACR's API come over the wire, and which requests of `/` are not its. */

let opened: TestContext
let door: AcrDoor
let key: AcrKey

beforeAll(async () => {
  opened = await openTestContext()
  await ensureFirstAdministrator(opened.ctx, { password: administratorPassword, accessKey: null })
  key = await addAccessKey(opened.ctx, 'admin')
  door = await openAcrDoor(opened.ctx)
})
beforeEach(() => {
  door.noted.length = 0
})
afterAll(async () => {
  door.close()
  await opened.close()
})

/** A signed request as bytes. `lines` are its headers, where the test changes them. */
function raw({
  version = 'HTTP/1.1',
  target,
  lines = (all) => all,
  body = '',
  ...signing
}: Signing & {
  version?: string
  target?: string
  lines?: (all: string[]) => string[]
  body?: string
} = {}): string {
  const { method, path, headers } = signRequest(key, 'GetInstanceCount', {}, signing)
  const all = [...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), 'Connection: close']
  return [`${method} ${target ?? path} ${version}`, ...lines(all), '', body].join('\r\n')
}

/** The first status of what came, and the code of its last body. */
function outcomeOf(received: string) {
  return [Number(received.split(' ')[1]), /"Code":"([^"]*)"/.exec(received)?.[1]]
}

test.each([
  ['POST', '/', {}, 'acr'],
  ['POST', '/?', {}, 'acr'],
  ['GET', '/?Action=GetInstance', {}, 'acr'],
  ['GET', '/?a=b&%41ction=', {}, 'acr'],
  ['GET', '/', { 'x-acs-action': 'GetInstance' }, 'acr'],
  ['GET', '/', { authorization: 'ACS3-HMAC-SHA256 Credential=x' }, 'acr'],
  ['GET', '/', {}, 'console'],
  ['GET', '/?', {}, 'console'],
  ['GET', '/?action=GetInstance', {}, 'console'],
  ['GET', '/?next=%2F%3FAction%3Dx', {}, 'console'],
  ['GET', '/?Signature=x', {}, 'console'],
  ['GET', '/', { authorization: 'Basic eDp5' }, 'console'],
  ['HEAD', '/?Action=GetInstance', { 'x-acs-action': 'GetInstance' }, 'console'],
  ['PUT', '/?Action=GetInstance', {}, 'console'],
  ['DELETE', '/?Action=GetInstance', {}, 'console'],
  ['OPTIONS', '/?Action=GetInstance', {}, 'console'],
  ['POST', '//', {}, 'console'],
  ['POST', '/login', {}, 'console'],
  ['GET', '/login?Action=GetInstance', { 'x-acs-action': 'GetInstance' }, 'console'],
  ['POST', '/%2f', {}, 'console'],
  ['POST', '/./', {}, 'console'],
  ['POST', '/index', {}, 'console'],
  ['POST', '/api/v1/session?Action=x', {}, 'api'],
  ['POST', '/v2/?Action=x', { 'x-acs-action': 'x' }, 'registry'],
])('%s %s %o is for %s', async (method, path, headers, name) => {
  await send(door.port, method, path, headers)
  expect(door.noted.map((noted) => noted.door)).toEqual([name])
})

describe.each(['V1', 'V3'] as const)('signed with %s', (scheme) => {
  test('a chunked body without bytes is an empty one, as Java sends it', async () => {
    const lines = (all: string[]) => [...all, 'Transfer-Encoding: chunked']
    expect(outcomeOf(await sendRaw(door.port, raw({ scheme, lines, body: '0\r\n\r\n' })))).toEqual([200, 'success'])
  })

  test('a client that waits for 100 Continue is asked for the body', async () => {
    const request = signRequest(key, 'GetInstanceCount', { Any: 'x' }, { scheme, inBody: true })
    const text = [
      `${request.method} ${request.path} HTTP/1.1`,
      ...Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`),
      ...['Expect: 100-continue', `Content-Length: ${request.body.length}`, 'Connection: close'],
      ...['', request.body],
    ].join('\r\n')
    const received = await sendRaw(door.port, text)
    expect(received).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /)
  })

  test('a target in absolute form is the same request to its own host', async () => {
    const { path } = signRequest(key, 'GetInstanceCount', {}, { scheme })
    expect(path.startsWith('/?')).toBe(true)
    const absolute = (authority: string) => {
      const bytes = raw({ scheme })
      return bytes.replace(' /?', ` http://${authority}/?`)
    }
    expect(outcomeOf(await sendRaw(door.port, absolute('localhost')))).toEqual([200, 'success'])
    const elsewhere = outcomeOf(await sendRaw(door.port, absolute('elsewhere.example')))
    // V1 does not sign the host.
    expect(elsewhere).toEqual(scheme === 'V1' ? [200, 'success'] : [400, 'SignatureDoesNotMatch'])
  })

  test('HTTP/1.0 without a Host is enough only where none is signed', async () => {
    const lines = (all: string[]) => all.filter((line) => !line.startsWith('host:'))
    const outcome = outcomeOf(await sendRaw(door.port, raw({ scheme, lines, version: 'HTTP/1.0' })))
    expect(outcome).toEqual(scheme === 'V1' ? [200, 'success'] : [400, 'IncompleteSignature'])
    expect(outcomeOf(await sendRaw(door.port, raw({ scheme, lines })))).toEqual([400, 'InvalidParameter'])
  })

  test.each([
    'Host: localhost',
    'Host: elsewhere.example',
    'HOST: x',
    'Authorization: Basic eDp5',
    'Content-Type: x/y\r\nContent-Type: x/y',
  ])('a second header is refused: %s', async (line) => {
    const before = outcomeOf(await sendRaw(door.port, raw({ scheme, lines: (all) => [line, ...all] })))
    const after = outcomeOf(await sendRaw(door.port, raw({ scheme, lines: (all) => [...all, line] })))
    for (const [status, code] of [before, after]) {
      expect([status, ['InvalidParameter', 'IncompleteSignature'].includes(String(code))]).toEqual([400, true])
    }
  })

  test('two lengths of the body, or a length and chunks, are no request', async () => {
    for (const line of ['Content-Length: 0\r\nContent-Length: 5', 'Content-Length: 5\r\nTransfer-Encoding: chunked']) {
      const received = await sendRaw(door.port, raw({ scheme, lines: (all) => [...all, line], body: '0\r\n\r\n' }))
      expect(Number(received.split(' ')[1])).toBe(400)
      expect(received).not.toContain('"Code":"success"')
    }
  })
})

test('a header that is signed with bytes that are not ASCII is verified as it came', async () => {
  // As Python signs the User-Agent: the bytes on the wire are UTF-8.
  const { createHash, createHmac } = await import('node:crypto')
  const request = signRequest(key, 'GetInstanceCount', {})
  const headers: Record<string, string> = { ...request.headers, 'user-agent': 'ü\u00a0' }
  delete headers['authorization']
  const names = Object.keys(headers).sort()
  const canonical = [
    ...['POST', '/', ''],
    names.map((name) => `${name}:${headers[name]}\n`).join(''),
    ...[names.join(';'), headers['x-acs-content-sha256']],
  ].join('\n')
  const text = `ACS3-HMAC-SHA256\n${createHash('sha256').update(canonical).digest('hex')}`
  const signature = createHmac('sha256', key.secret).update(text).digest('hex')
  const authorization = `ACS3-HMAC-SHA256 Credential=${key.id},SignedHeaders=${names.join(';')},Signature=${signature}`
  const lines = Object.entries({ ...headers, authorization, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  const bytes = Buffer.from(['POST /? HTTP/1.1', ...lines, '', ''].join('\r\n'))
  expect(outcomeOf(await sendRaw(door.port, bytes))).toEqual([200, 'success'])
})

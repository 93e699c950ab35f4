import type { Server } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { problem } from '@/lib/api/schemas/common'
import { createLogger } from '@/lib/log'
import { askWhenRead } from './continue-in-order'
import { createHttpServer, type HttpLimits } from './http-server'
import { listenAnywhere, send, sendRaw } from '@/lib/testing/test-server'

const log = createLogger('silent')
const wide: HttpLimits = { headMs: 60_000, idleMs: 60_000, keepAliveMs: 60_000, headBytes: 4096, checkMs: 10 }
let server: Server

/** Starts a server with these limits that answers a request with its body, and returns its port. */
async function start(limits: Partial<HttpLimits>): Promise<number> {
  server = createHttpServer(log, { ...wide, ...limits })
  server.on('request', (request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => response.end(Buffer.concat(parts)))
    request.on('error', () => response.destroy())
  })
  return listenAnywhere(server)
}

afterEach(() => {
  vi.restoreAllMocks()
  server.closeAllConnections()
  server.close()
})

describe('the server', () => {
  test('cuts a head that comes too slowly, with 408', async () => {
    const info = vi.spyOn(log, 'info')
    const port = await start({ headMs: 50 })
    expect(await sendRaw(port, 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow')).toMatch(
      /^HTTP\/1\.1 408 [^]*took too long[^]*}$/,
    )
    expect(info.mock.calls[0]?.[0]).toMatchObject({ status: 408, reason: 'ERR_HTTP_REQUEST_TIMEOUT' })
  })

  test('says 100 Continue after the answer to the request before, and not into the middle of another', async () => {
    server = createHttpServer(log, wide)
    let answerFirst = () => {}
    server.on('request', (request, response) => {
      const isFirst = request.url === '/first'
      if (isFirst) answerFirst = () => response.end(Buffer.from('first'))
      askWhenRead(request)
      request.resume().on('end', () => {
        if (isFirst) return
        // The second answer is made while the connection still owes the first.
        response.end(Buffer.from('second'))
        answerFirst()
      })
    })
    const port = await listenAnywhere(server)
    const first = 'GET /first HTTP/1.1\r\nHost: x\r\n\r\n'
    const head =
      'POST /second HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n'
    const parts = (await sendRaw(port, `${first}${head}body`)).split(/(?=HTTP\/1\.1)/)
    expect(parts[0]).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\n(5\r\n)?first/)
    expect(parts.at(-1)).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\n(6\r\n)?second/)
  })

  test('cuts a connection that never sends anything', async () => {
    const port = await start({ headMs: 50 })
    expect(await sendRaw(port, '')).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('lets a body take longer than a head while its bytes flow', async () => {
    const port = await start({ headMs: 50, idleMs: 2_000 })
    const parts = 'abcdefghij'.split('')
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      let received = ''
      socket.setEncoding('utf8').on('data', (text: string) => (received += text))
      socket.once('error', reject).once('close', () => resolve(received))
      socket.write(`POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${parts.length}\r\n\r\n`)
      // The pace is what is tested: each part later, four times the limit of a head in all.
      const pace = setInterval(() => {
        const part = parts.shift()
        if (part === undefined) clearInterval(pace)
        else socket.write(part)
      }, 20)
    })
    expect(answer).toMatch(/abcdefghij$/)
  })

  test('cuts a body that stops flowing', async () => {
    const port = await start({ idleMs: 50 })
    expect(await sendRaw(port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc')).toBe('')
  })

  test.each([
    ['many headers', `GET / HTTP/1.1\r\nHost: x\r\n${'X-Filler: 0123456789\r\n'.repeat(300)}\r\n`],
    ['a long address', `GET /${'a'.repeat(5000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
  ])('refuses a head that is too long with 431: %s', async (_name, head) => {
    const port = await start({})
    expect(await sendRaw(port, head)).toMatch(/^HTTP\/1\.1 431 [^]*Connection: close[^]*too long[^]*}$/)
  })

  test('refuses what is no HTTP with 400, and serves on', async () => {
    const port = await start({})
    expect(await sendRaw(port, '\x16\x03\x01\x02\x00\x01\x00')).toMatch(/^HTTP\/1\.1 400 /)
    expect(await send(port, 'POST', '/', {}, 'hello')).toMatchObject({ status: 200, text: 'hello' })
  })

  test('does not write a refusal into the body of an answer', async () => {
    const port = await start({})
    server.removeAllListeners('request')
    server.on('request', (_, response) => response.writeHead(200, { 'Content-Length': 10 }).write('abc'))
    const received = await sendRaw(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\nrubbish that is no request\r\n\r\n')
    expect(received).not.toContain('400')
  })

  const longHeader = `X-Filler: ${'0'.repeat(5000)}\r\n`
  const badChunk = 'Transfer-Encoding: chunked\r\n\r\nzz\r\n'
  test.each([
    ['a header without a name', 'GET', '/v2/ HTTP/1.1\r\n: x\r\n\r\n', 'BAD_REQUEST', 400],
    ['a method that HTTP does not know', 'BREW', '/v2/ HTTP/1.1\r\nHost: x\r\n\r\n', 'BAD_REQUEST', 400],
    ['two methods', 'GET GET', '/v2/ HTTP/1.1\r\nHost: x\r\n\r\n', 'BAD_REQUEST', 400],
    ['no method', '', '/v2/ HTTP/1.1\r\nHost: x\r\n\r\n', 'BAD_REQUEST', 400],
    ['a head that is too long', 'GET', `/v2/ HTTP/1.1\r\n${longHeader}\r\n`, 'HEAD_TOO_LARGE', 431],
    ['a chunk without a length', 'POST', `/v2/ HTTP/1.1\r\nHost: x\r\n${badChunk}`, 'BAD_REQUEST', 400],
    ['a tunnel', 'CONNECT', '/v2/ HTTP/1.1\r\nHost: x\r\n\r\n', 'METHOD_NOT_ALLOWED', 405],
    [
      'an expectation that cannot be met',
      'GET',
      '/v2/ HTTP/1.1\r\nHost: x\r\nExpect: x\r\nConnection: close\r\n\r\n',
      'EXPECTATION_FAILED',
      417,
    ],
  ])('refuses %s in the form of each door', async (_, method, rest, code, status) => {
    const port = await start({})
    const read = async (request: string) => {
      const [head = '', body = ''] = (await sendRaw(port, `${method} ${request}`)).split('\r\n\r\n')
      const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]
      expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
      expect(header('content-length')).toBe(String(body.length))
      expect(header('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
      return { type: header('content-type'), json: JSON.parse(body) as unknown, requestId: header('x-request-id') }
    }
    const registry = await read(rest)
    expect(registry.type).toBe('application/json')
    expect(registry.json).toMatchObject({ errors: [{ code: 'UNSUPPORTED' }] })
    for (const path of ['/api/v1/regions', '/login', '*']) {
      const other = await read(rest.replace('/v2/', path))
      expect(other.type).toBe('application/problem+json')
      expect(problem.parse(other.json)).toMatchObject({ status, code, requestId: other.requestId })
    }
  })

  test('a client that is refused a tunnel and resets the connection is no failure', async () => {
    const port = await start({})
    const socket = connect(port, '127.0.0.1', () => socket.write('CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n'))
    await new Promise((resolve) => socket.once('data', resolve))
    socket.resetAndDestroy()
    expect(await send(port, 'POST', '/', {}, 'hello')).toMatchObject({ status: 200, text: 'hello' })
  })
})

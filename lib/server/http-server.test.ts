import type { Server } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createLogger } from '@/lib/log'
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
    expect(await sendRaw(port, 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow')).toMatch(/^HTTP\/1\.1 408 [^]*took too long\.\n$/)
    expect(info.mock.calls[0]?.[0]).toMatchObject({ status: 408, reason: 'ERR_HTTP_REQUEST_TIMEOUT' })
  })

  test('says 100 Continue after the answer to the request before, and not into the middle of another', async () => {
    server = createHttpServer(log, wide)
    let answerFirst = () => {}
    server.on('request', (request, response) => {
      const isFirst = request.url === '/first'
      if (isFirst) answerFirst = () => response.end(Buffer.from('first'))
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
    expect(await sendRaw(port, head)).toMatch(/^HTTP\/1\.1 431 [^]*Connection: close[^]*too long\.\n$/)
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
})

import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import { type Socket, connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createLogger } from '@/lib/log'
import { askWhenRead } from '@/lib/server/continue-in-order'
import { createDoors } from '@/lib/server/doors'
import { type Exchange, Exchanges } from '@/lib/server/exchange'
import { createHttpServer } from '@/lib/server/http-server'
import { createClientReader } from '@/lib/server/read-client'
import { listenAnywhere, send, sendRaw } from '@/lib/testing/test-server'
import { type ReadersServer, listenForReaders } from './listen-for-readers'
import { Relay, readRelayedClient, takeRelayed } from './relay'

const log = createLogger('silent')
const crlf = '\r\n'

let folder: string
let socketPath: string
let reader: Server
let relay: Relay
let port: number
let main: ReadersServer | null = null
/** The requests that the reader logs and counts itself. */
let noted: Exchange[]

/** Starts the main process's server. */
async function startMain(listener: RequestListener): Promise<void> {
  main = await listenForReaders(log, socketPath, takeRelayed(listener))
}

/** Starts a reader that has the main process answer everything. */
async function startReader(trustedProxies: string[] = [], restartMaxMs = 10_000): Promise<void> {
  relay = new Relay(socketPath, restartMaxMs)
  reader = createHttpServer(log)
  noted = []
  const exchanges = new Exchanges((exchange) => {
    if (!exchange.isPassedOn) noted.push(exchange)
  })
  const passOn = ({ exchange, client }: { exchange: Exchange; client: { address: string; isSecure: boolean } }) =>
    relay.pass(exchange, client)
  reader.on(
    'request',
    createDoors({
      phase: { name: 'ready' },
      exchanges,
      readClient: createClientReader({ trustedProxies, publicUrl: null }, log),
      serveRegistry(visit) {
        visit.exchange.response.setHeader('X-Content-Type-Options', 'nosniff')
        passOn(visit)
      },
      serveAcr: passOn,
      serveLog: passOn,
      serveConsole: passOn,
    }),
  )
  port = await listenAnywhere(reader)
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stele-relay-'))
  socketPath = path.join(folder, 'main.sock')
  await startReader()
})

afterEach(async () => {
  reader.closeAllConnections()
  reader.close()
  relay.close()
  main?.close()
  main = null
  await rm(folder, { recursive: true, force: true })
})

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

/** Answers with what it was asked, as JSON. */
const echo: RequestListener = (request, response) => {
  void readAll(request).then((body) => {
    const { method, url, rawHeaders } = request
    const text = JSON.stringify({ method, url, rawHeaders, body: body.toString(), client: readRelayedClient(request) })
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': text.length }).end(text)
  })
}

interface Echo {
  readonly method: string
  readonly url: string
  readonly rawHeaders: string[]
  readonly body: string
  readonly client: { readonly address: string; readonly isSecure: boolean }
}

function echoIn(text: string): Echo {
  return JSON.parse(text.slice(text.indexOf('{'))) as Echo
}

/** The values of a header, in their order. */
function valuesOf({ rawHeaders }: Pick<Echo, 'rawHeaders'>, name: string): string[] {
  return rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name)
}

function connectRaw(): Promise<Socket> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', () => undefined)
  })
}

describe('a request', () => {
  test.each([
    ['with its length', `Content-Length: 5${crlf}${crlf}hello`, 'hello'],
    [
      'in chunks',
      `Transfer-Encoding: chunked${crlf}${crlf}2${crlf}he${crlf}3${crlf}llo${crlf}0${crlf}${crlf}`,
      'hello',
    ],
    ['of no bytes', `Content-Length: 0${crlf}${crlf}`, ''],
    ['of no chunks', `Transfer-Encoding: chunked${crlf}${crlf}0${crlf}${crlf}`, ''],
    ['of no body', crlf, ''],
  ])('has its body passed on: %s', async (_name, rest, body) => {
    await startMain(echo)
    const text = await sendRaw(port, `POST /x?y=%20 HTTP/1.1${crlf}Host: a${crlf}Connection: close${crlf}${rest}`)
    expect(echoIn(text)).toMatchObject({ method: 'POST', url: '/x?y=%20', body })
  })

  test('has headers that occur twice passed on twice, so that the main process can refuse them', async () => {
    await startMain(echo)
    const head = `GET /x HTTP/1.1${crlf}Host: a${crlf}Host: b${crlf}X-Two: 1${crlf}X-Two: 2${crlf}Connection: close`
    const asked = echoIn(await sendRaw(port, `${head}${crlf}${crlf}`))
    expect(valuesOf(asked, 'host')).toEqual(['a', 'b'])
    expect(valuesOf(asked, 'x-two')).toEqual(['1', '2'])
  })

  test('cannot say itself for whom it was relayed', async () => {
    await startMain(echo)
    const { text } = await send(port, 'GET', '/x', { 'X-Stele-Relayed-For': '6.6.6.6 https' })
    const asked = echoIn(text)
    expect(asked.client).toEqual({ address: '127.0.0.1', isSecure: false })
    expect(valuesOf(asked, 'x-stele-relayed-for')).toEqual(['127.0.0.1 http'])
  })

  test('of a trusted proxy is relayed for its client', async () => {
    reader.close()
    await startReader(['127.0.0.1'])
    await startMain(echo)
    const { text } = await send(port, 'GET', '/x', { 'X-Forwarded-For': '2001:db8::7', 'X-Forwarded-Proto': 'https' })
    expect(echoIn(text).client).toEqual({ address: '2001:db8::7', isSecure: true })
  })

  test('of very many headers is relayed with all of them, and its body is no second request', async () => {
    await startMain(echo)
    const inner = `GET /inner HTTP/1.1${crlf}Host: x${crlf}x-stele-relayed-for: 6.6.6.6 https${crlf}${crlf}`
    const head = `POST /outer HTTP/1.1${crlf}Host: x${crlf}${`a:${crlf}`.repeat(2500)}Connection: close${crlf}`
    const text = await sendRaw(port, `${head}Content-Length: ${inner.length}${crlf}${crlf}${inner}`)
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1)
    expect(echoIn(text)).toMatchObject({ url: '/outer', body: inner, client: { address: '127.0.0.1' } })
    expect(echoIn((await send(port, 'GET', '/next')).text).url).toBe('/next')
  })

  test.each([
    ['HTTP/1.0 without a Host', `GET /x HTTP/1.0${crlf}${crlf}`, ['']],
    ['HTTP/1.0 with a Host', `GET /x HTTP/1.0${crlf}Host: a${crlf}${crlf}`, ['a']],
    ['HTTP/1.1 without a Host', `GET /x HTTP/1.1${crlf}Connection: close${crlf}${crlf}`, []],
    ['an absolute target', `GET http://b/x HTTP/1.1${crlf}Host: a${crlf}Connection: close${crlf}${crlf}`, ['b']],
  ])('keeps its host: %s', async (_name, text, hosts) => {
    // Node itself would refuse the one without.
    await startMain(echo)
    const asked = echoIn(await sendRaw(port, text))
    expect([asked.url, valuesOf(asked, 'host')]).toEqual(['/x', hosts])
  })

  test.each(['/a\fb', '/a\u00e4b', '*', '//', 'http://a\u00e4/b'])(
    'with a strange target ends no process: %j',
    async (url) => {
      await startMain(echo)
      const socket = await connectRaw()
      socket.write(Buffer.from(`GET ${url} HTTP/1.1${crlf}Host: a${crlf}Connection: close${crlf}${crlf}`, 'latin1'))
      const [answer] = (await once(socket, 'data')) as [Buffer]
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 (200|400) /)
      socket.destroy()
    },
  )

  test('follows the one before it on a connection', async () => {
    await startMain((request, response) => {
      // The first takes longer.
      void setTimeout(request.url === '/1' ? 100 : 0).then(() => response.end(`answer ${request.url}.`))
    })
    const get = (n: number, more = '') => `GET /${n} HTTP/1.1${crlf}Host: a${crlf}${more}${crlf}`
    const text = await sendRaw(port, get(1) + get(2) + get(3, `Connection: close${crlf}`))
    expect(text.match(/answer \/\d/g)).toEqual(['answer /1', 'answer /2', 'answer /3'])
  })
})

describe('an answer', () => {
  test.each([
    ['with a length', { 'Content-Length': '5' }],
    ['in chunks', {}],
  ])('is passed on with its headers: %s', async (_name, headers) => {
    await startMain((_, response) => {
      response.writeHead(207, 'Many', { ...headers, 'Set-Cookie': ['a=1', 'b=2'], 'X-Own': 'main' })
      response.write('he')
      void setTimeout(20).then(() => response.end('llo'))
    })
    for (const address of ['/x', '/v2/']) {
      const answer = await send(port, 'GET', address)
      expect([answer.status, answer.text]).toEqual([207, 'hello'])
      expect(answer.headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], 'x-own': 'main' })
      // What the reader sets for its own answers is not added.
      expect(answer.headers['x-content-type-options']).toBeUndefined()
    }
  })

  test.each([
    ['HEAD', 200, { 'Content-Length': '7' }],
    ['GET', 204, {}],
    ['GET', 304, { ETag: '"x"' }],
  ])('without a body stays without one: %s %i', async (method, status, headers) => {
    await startMain((_, response) => response.writeHead(status, headers).end())
    const text = await sendRaw(port, `${method} /x HTTP/1.1${crlf}Host: a${crlf}Connection: close${crlf}${crlf}`)
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    for (const [name, value] of Object.entries(headers)) expect(text).toContain(`${name}: ${value}`)
    expect(text).not.toContain('chunked')
    expect(text.endsWith(`${crlf}${crlf}`)).toBe(true)
  })

  test('to HTTP/1.0 is not in chunks', async () => {
    await startMain((_, response) => {
      response.write('he')
      response.end('llo')
    })
    const text = await sendRaw(port, `GET /x HTTP/1.0${crlf}${crlf}`)
    expect(text).not.toContain('chunked')
    expect(text.endsWith(`${crlf}${crlf}hello`)).toBe(true)
  })

  test('that its client does not read stays in the main process', async () => {
    let written = 0
    await startMain((_, response) => {
      const block = Buffer.alloc(256 * 1024)
      const write = () => {
        if (++written > 256) response.end()
        else if (response.write(block)) write()
        else response.once('drain', write)
      }
      write()
    })
    const socket = await connectRaw()
    socket.pause()
    socket.write(`GET /x HTTP/1.1${crlf}Host: a${crlf}${crlf}`)
    await vi.waitFor(() => expect(written).toBeGreaterThan(0))
    let before = -1
    while (before !== written) {
      before = written
      await setTimeout(200)
    }
    // The buffers of two connections, not the 64 MiB.
    expect(written).toBeLessThan(64)
    socket.destroy()
  })
})

test('every byte in a header or an address gets an answer, and the reader goes on', async () => {
  await startMain(echo)
  for (let byte = 1; byte < 256; byte++) {
    const char = String.fromCharCode(byte)
    for (const text of [
      `GET /x HTTP/1.1${crlf}Host: a${crlf}X-Any: a${char}b${crlf}Connection: close${crlf}${crlf}`,
      `GET /x HTTP/1.1${crlf}Host: a${crlf}X-A${char}b: c${crlf}Connection: close${crlf}${crlf}`,
      `GET /x${char}y HTTP/1.1${crlf}Host: a${crlf}Connection: close${crlf}${crlf}`,
    ]) {
      expect(await sendRaw(port, Buffer.from(text, 'latin1')), JSON.stringify(text)).toMatch(/^HTTP\/1\.1 [24]00 /)
    }
  }
})

test.each(['Trailer: ', 'Trailer: X-Any', 'Upgrade: TLS/1.0', 'Keep-Alive: a', 'TE: trailers', 'Date: a', 'Expect: '])(
  'a request with “%s” gets an answer',
  async (header) => {
    await startMain(echo)
    const text = `PUT /x HTTP/1.1${crlf}Host: a${crlf}${header}${crlf}Content-Length: 2${crlf}Connection: close${crlf}${crlf}{}`
    expect(await sendRaw(port, text)).toMatch(/^HTTP\/1\.1 (200|417) /)
  },
)

describe('100 Continue', () => {
  const head = `POST /v2/x HTTP/1.1${crlf}Host: a${crlf}Expect: 100-continue${crlf}Content-Length: 5${crlf}`

  test('is said when the main process reads the body, not before', async () => {
    let readBody = () => {}
    await startMain((request, response) => {
      askWhenRead(request)
      readBody = () => echo(request, response)
    })
    const socket = await connectRaw()
    let text = ''
    socket.setEncoding('utf8').on('data', (part: string) => (text += part))
    socket.write(`${head}Connection: close${crlf}${crlf}`)
    const before = readBody
    await vi.waitFor(() => expect(readBody).not.toBe(before))
    await setTimeout(50)
    expect(text).toBe('')
    readBody()
    await vi.waitFor(() => expect(text).toBe(`HTTP/1.1 100 Continue${crlf}${crlf}`))
    socket.write('hello')
    await once(socket, 'close')
    expect(echoIn(text).body).toBe('hello')
  })

  test('is not said to a client that is refused', async () => {
    await startMain((_, response) => response.writeHead(401, { 'Content-Length': 2 }).end('no'))
    const socket = await connectRaw()
    socket.write(`${head}${crlf}`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /)
    socket.destroy()
    expect((await send(port, 'GET', '/x')).status).toBe(401)
  })

  test('is not waited for after a refusal, which is never lost', async () => {
    await startMain((_, response) => response.writeHead(401, { 'Content-Length': 2 }).end('no'))
    for (let i = 0; i < 50; i++) {
      const socket = await connectRaw()
      let text = ''
      socket.setEncoding('utf8').on('data', (part: string) => (text += part))
      socket.write(`${head}${crlf}`)
      // The client's side stays open: whoever waited for the body would reach the time limit of the test.
      await once(socket, 'end')
      expect(text).toMatch(/^HTTP\/1\.1 401 [^]*no$/)
    }
  })
})

describe('a client', () => {
  test('that still sends a big body gets the refusal, and is told to close', async () => {
    await startMain((request, response) => {
      request.resume()
      response.writeHead(413, { Connection: 'close', 'Content-Length': 2 }).write('no')
      request.once('end', () => response.end())
    })
    const socket = await connectRaw()
    let text = ''
    socket.setEncoding('utf8').on('data', (part: string) => (text += part))
    const size = 32 * 1024 * 1024
    socket.write(`POST /x HTTP/1.1${crlf}Host: a${crlf}Content-Length: ${size}${crlf}${crlf}`)
    socket.write(Buffer.alloc(size))
    await once(socket, 'close')
    expect(text).toMatch(/^HTTP\/1\.1 413 [^]*Connection: close[^]*no$/)
  })

  test('that is refused with a short body on its way uses its connection again', async () => {
    await startMain((request, response) => {
      request.resume()
      response.writeHead(404, { 'Content-Length': 2 }).end('no')
    })
    for (let i = 0; i < 20; i++) {
      const socket = await connectRaw()
      let text = ''
      socket.setEncoding('utf8').on('data', (part: string) => (text += part))
      const size = 1024 * 1024
      socket.write(`PUT /x HTTP/1.1${crlf}Host: a${crlf}Content-Length: ${size}${crlf}${crlf}`)
      socket.write(Buffer.alloc(size))
      socket.write(`GET /x HTTP/1.1${crlf}Host: a${crlf}Connection: close${crlf}${crlf}`)
      await new Promise((resolve) => socket.once('close', resolve))
      expect(text.match(/HTTP\/1\.1 404/g)).toHaveLength(2)
    }
  })

  test.each([
    ['before the answer', false],
    ['in the middle of the answer', true],
  ])('that leaves is seen by the main process: %s', async (_name, isAnswered) => {
    const left = new Promise<void>((resolve) => {
      void startMain((_, response) => {
        response.once('close', resolve)
        if (isAnswered) response.write('some')
        else socket.destroy()
      })
    })
    const socket = await connectRaw()
    socket.write(`GET /x HTTP/1.1${crlf}Host: a${crlf}${crlf}`)
    if (isAnswered) {
      await once(socket, 'data')
      socket.destroy()
    }
    await left
    expect(noted).toEqual([])
  })
})

describe('the main process', () => {
  test('may start after the request, which waits', async () => {
    const answer = send(port, 'GET', '/x')
    await setTimeout(100)
    await startMain(echo)
    expect((await answer).status).toBe(200)
    expect(noted).toEqual([])
  })

  test('may be replaced between two requests', async () => {
    await startMain(echo)
    expect((await send(port, 'GET', '/1')).status).toBe(200)
    main?.close()
    await startMain(echo)
    expect(echoIn((await send(port, 'GET', '/2')).text).url).toBe('/2')
  })

  test('that does not come back is unavailable, in the form of the door, and the reader logs the request', async () => {
    reader.close()
    await startReader([], 80)
    const registry = await send(port, 'GET', '/v2/')
    expect([registry.status, JSON.parse(registry.text)]).toMatchObject([503, { errors: [{ code: 'UNKNOWN' }] }])
    const api = await send(port, 'GET', '/api/v1/regions')
    expect([api.status, JSON.parse(api.text)]).toMatchObject([503, { code: 'UNAVAILABLE' }])
    await vi.waitFor(() => expect(noted.map(({ error }) => error)).toEqual(['UNAVAILABLE', 'UNAVAILABLE']))
  })

  test.each([
    ['before its answer', false, 1],
    ['in the middle of its answer, which it has logged', true, 0],
  ])('that goes %s leaves no answer made up', async (_name, isAnswered, lines) => {
    await startMain((_, response) => {
      if (isAnswered) response.writeHead(200, { 'Content-Length': 100_000 }).write('some')
      void setTimeout(20).then(() => main?.close())
    })
    const text = await sendRaw(port, `GET /x HTTP/1.1${crlf}Host: a${crlf}${crlf}`)
    expect(text.split(`${crlf}${crlf}`)[1] ?? text).toBe(isAnswered ? 'some' : '')
    expect(noted).toHaveLength(lines)
  })
})

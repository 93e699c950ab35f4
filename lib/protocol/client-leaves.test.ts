import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { digestOf } from '@/lib/storage/hash'
import { listenAnywhere } from '@/lib/testing/test-server'
import { type RegistryExchange, createRegistryHandler } from './handler'
import { type TestRegistry, authorization, startTestRegistry } from '@/lib/testing/test-registry'

let registry: TestRegistry
let close: () => Promise<void>

beforeAll(async () => ({ registry, close } = await startTestRegistry()))
afterAll(() => close())
afterEach(() => {
  vi.restoreAllMocks()
})

test('a client that leaves in the middle of a download is no failure of the server', async () => {
  const error = vi.spyOn(registry.ctx.log, 'error')
  // More than the connection's buffers hold, so that the server is still writing when the client leaves.
  const digest = await registry.pushBlob(Buffer.alloc(32 * 1024 * 1024))
  const path = `/v2/test/example/blobs/${digest}`
  for (let round = 0; round < 5; round++) {
    await new Promise<void>((resolve, reject) => {
      const sent = httpRequest({ port: registry.port, path, headers: { authorization } }, (response) => {
        response.once('data', () => {
          response.destroy()
          resolve()
        })
      })
      sent.on('error', reject)
      sent.end()
    })
  }
  // An answer that comes after the five have been noticed.
  expect((await registry.send('GET', path)).body.length).toBe(32 * 1024 * 1024)
  expect(error).not.toHaveBeenCalled()
})

const digest = digestOf(Buffer.from('a body'))
const form = 'application/x-www-form-urlencoded'

test.each([
  ['POST', '/v2/token', form, 'Content-Length: 100'],
  ['POST', '/v2/token', form, 'Transfer-Encoding: chunked'],
  ['PUT', '/v2/test/example/manifests/v1', 'application/json', 'Content-Length: 100'],
  ['PUT', '/v2/test/example/manifests/v1', 'application/json', 'Transfer-Encoding: chunked'],
  ['POST', `/v2/test/example/blobs/uploads/?digest=${digest}`, 'application/octet-stream', 'Content-Length: 100'],
  ['PATCH', '{upload}', 'application/octet-stream', 'Transfer-Encoding: chunked'],
  ['PUT', `{upload}?digest=${digest}`, 'application/octet-stream', 'Content-Length: 100'],
])(
  'a client that leaves in the middle of its body is no failure of the server: %s %s, %s, %s',
  async (method, path, type, length) => {
    const log = vi.spyOn(registry.ctx.log, 'error')
    const exchange: RegistryExchange = { requestId: 'id', route: null, error: null }
    const handle = createRegistryHandler(registry.ctx)
    const server = createServer((request, response) => handle(request, response, exchange))
    const port = await listenAnywhere(server)
    const { headers } = await registry.send('POST', '/v2/test/example/blobs/uploads/')
    const target = path.replace('{upload}', String(headers.location))
    const socket = connect(port, '127.0.0.1')
    try {
      socket.write(
        `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n` +
          `Content-Type: ${type}\r\n${length}\r\nExpect: 100-continue\r\n\r\n`,
      )
      // "100 Continue": the head has arrived.
      await once(socket, 'data')
      socket.write(length.startsWith('T') ? '7\r\nstart=1\r\n' : 'start=1')
      socket.end()
      await vi.waitFor(() => expect(exchange.error).toBe('UPLOAD_INCOMPLETE'))
      expect(log).not.toHaveBeenCalled()
    } finally {
      socket.destroy()
      server.close()
    }
  },
)

import { once } from 'node:events'
import { type IncomingMessage, createServer } from 'node:http'
import { type Socket, connect } from 'node:net'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listenAnywhere } from '@/lib/testing/test-server'
import { bodyInGroups } from './body-groups'

const server = createServer()
let port: number
let client: Socket
let request: IncomingMessage

beforeEach(async () => {
  port = await listenAnywhere(server)
  ;({ client, request } = await startRequest())
})
afterEach(async () => {
  client.destroy()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

/** A request whose body has not begun to come, and the client that sends it. */
async function startRequest(): Promise<{ client: Socket; request: IncomingMessage }> {
  const client = connect(port, '127.0.0.1')
  client.write('PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n')
  const [request] = (await once(server, 'request')) as [IncomingMessage]
  return { client, request }
}

const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251))

async function collect(body: AsyncIterable<readonly Uint8Array[]>): Promise<Buffer[]> {
  const groups: Buffer[] = []
  for await (const chunks of body) groups.push(Buffer.concat(chunks))
  return groups
}

test('a body is complete and in order, in fewer groups than chunks', async () => {
  client.write(bytes)
  let chunks = 0
  request.on('data', () => chunks++)
  const groups = await collect(bodyInGroups(request))
  expect(Buffer.concat(groups).equals(bytes)).toBe(true)
  expect(groups.length).toBeLessThan(chunks)
})

/** Reads one group of what the client sends, and returns how much of the rest the server takes before the next is read. */
async function bytesTaken({ client, request }: Awaited<ReturnType<typeof startRequest>>): Promise<number> {
  client.write(bytes)
  await bodyInGroups(request)[Symbol.asyncIterator]().next()
  let before = -1
  while (request.socket.bytesRead > before) {
    before = request.socket.bytesRead
    await setTimeout(50)
  }
  client.destroy()
  return before
}

test('a client that sends faster than its body is read has to wait', async () => {
  client.write(bytes)
  const body = bodyInGroups(request)[Symbol.asyncIterator]()
  const first = await body.next()
  await setTimeout(100)
  // A group, what the request's own buffer takes, and one read of the socket.
  expect(request.socket.bytesRead).toBeLessThan(1_700_000)
  const rest = await collect({ [Symbol.asyncIterator]: () => body })
  expect(Buffer.concat([...(first.done === true ? [] : first.value), ...rest]).equals(bytes)).toBe(true)
})

test('it has to wait sooner while many bodies are read, until they have ended in any way', async () => {
  const many = []
  for (let n = 0; n < 15; n++) {
    const { client, request } = await startRequest()
    const body = bodyInGroups(request)[Symbol.asyncIterator]()
    many.push({ client, body, failure: body.next().catch(() => undefined) })
  }
  expect(await bytesTaken({ client, request })).toBeLessThan(600_000)

  for (const { client, body } of many.slice(0, 7)) {
    await body.return?.()
    client.destroy()
  }
  for (const { client, failure } of many.slice(7)) {
    client.destroy()
    await failure
  }
  expect(await bytesTaken(await startRequest())).toBeGreaterThan(1_000_000)
})

test('a group has few chunks, however small they are', async () => {
  client.destroy()
  client = connect(port, '127.0.0.1')
  const count = 300_000
  client.write('PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
  client.end(`${'1\r\na\r\n'.repeat(count)}0\r\n\r\n`)
  ;[request] = (await once(server, 'request')) as [IncomingMessage]
  const sizes: number[] = []
  for await (const chunks of bodyInGroups(request)) sizes.push(chunks.length)
  expect(Math.max(...sizes)).toBe(1024)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(count)
})

test('a client that leaves is a failure after everything that it sent', async () => {
  client.write(bytes.subarray(0, 100_000))
  const received: Uint8Array[] = []
  const read = async () => {
    for await (const chunks of bodyInGroups(request)) {
      received.push(...chunks)
      if (Buffer.concat(received).length === 100_000) client.destroy()
    }
  }
  await expect(read()).rejects.toThrow()
  expect(Buffer.concat(received).equals(bytes.subarray(0, 100_000))).toBe(true)
})

test('a client that left before its body was read is a failure', async () => {
  client.write(bytes.subarray(0, 1000))
  await setTimeout(20)
  const closed = new Promise((resolve) => request.on('error', () => undefined).once('close', resolve))
  client.destroy()
  await closed
  await expect(collect(bodyInGroups(request))).rejects.toThrow()
})

test('reading that stops early keeps the connection, and the rest can be discarded', async () => {
  client.write(bytes.subarray(0, 1_000_000))
  const body = bodyInGroups(request)[Symbol.asyncIterator]()
  await body.next()
  await body.return?.()
  await setImmediate()
  expect(request.destroyed).toBe(false)
  request.resume()
  client.write(bytes.subarray(1_000_000))
  await once(request, 'end')
  expect(request.destroyed && !request.complete).toBe(false)
})

import { type RequestListener, type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { Connection, onConnections } from './client'
import type { Registry } from './registry'

let server: Server

afterEach(() => server.close())

async function connect(listener: RequestListener): Promise<Connection> {
  server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return new Connection({ name: 'test', port, ports: [port], headers: {} } as unknown as Registry)
}

const get = { method: 'GET', path: '/v2/a' } as const

test('repeated requests are counted, and each has its answer', async () => {
  let answered = 0
  const connection = await connect((_, response) => response.end(`answer ${(answered += 1) % 10}`))
  const count = await connection.repeat(get, performance.now() + 200)
  // The first one finds out how long an answer is.
  expect(count).toBe(answered - 1)
  expect(count).toBeGreaterThan(10)
  expect((await connection.send(get)).status).toBe(200)
  connection.close()
})

test('answers of other lengths, and in pieces, count too', async () => {
  let answered = 0
  const connection = await connect((_, response) => {
    answered += 1
    const body = 'x'.repeat(answered % 3 === 0 ? 300_000 : answered % 5)
    response.setHeader('content-length', body.length)
    response.end(body)
  })
  expect(await connection.repeat(get, performance.now() + 200)).toBe(answered - 1)
  connection.close()
})

test('a refusal among the answers is an error, however long it is', async () => {
  let answered = 0
  const connection = await connect((_, response) => {
    answered += 1
    // As long as `200 OK`.
    response.writeHead(answered === 20 ? 503 : 200, 'OK', { 'content-length': 4 }).end('same')
  })
  await expect(connection.repeat(get, performance.now() + 10_000)).rejects.toThrow('test: GET /v2/a answered 503')
  connection.close()
})

test('the connections to a registry of several servers go to each of them in turn', async () => {
  const seen: number[] = []
  const servers = [0, 1, 2].map((index) =>
    createServer((_, response) => {
      seen.push(index)
      response.end('answer')
    }),
  )
  await Promise.all(servers.map((one) => new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))))
  const ports = servers.map((one) => (one.address() as AddressInfo).port)
  await onConnections({ name: 'test', port: ports[0], ports, headers: {} } as unknown as Registry, 6, (connection) =>
    connection.send(get),
  )
  expect(seen.toSorted()).toEqual([0, 0, 1, 1, 2, 2])
  for (const one of servers) one.close()
})

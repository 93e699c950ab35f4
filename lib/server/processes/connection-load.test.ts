import { once } from 'node:events'
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ConnectionLoad, type Load } from './connection-load'

let server: Server
let load: ConnectionLoad
let reported: Load[]
let clients: Socket[]
/** The connections on the server's side. */
let taken: Socket[]

beforeEach(async () => {
  // The ends of a test's connections are reported later than its end: to its own list.
  const ofThisTest: Load[] = []
  reported = ofThisTest
  clients = []
  taken = []
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  load = new ConnectionLoad((now) => ofThisTest.push(now))
  server = createServer((socket) => {
    load.add(socket)
    taken.push(socket)
    socket.on('error', () => undefined).resume()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => {
  vi.useRealTimers()
  for (const client of clients) client.destroy()
  server.close()
})

async function open(): Promise<Socket> {
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  clients.push(client)
  const accepted = once(server, 'connection')
  await once(client, 'connect')
  await accepted
  return client
}

/** Waits for the sockets. Vitest's own `poll` would let the time pass. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

/** Lets the time of two looks at the bytes, and of a report, pass. */
const look = () => vi.advanceTimersByTime(2_000 + 20)

test('a connection is active at first, idle when nothing comes or goes, and active again with the next bytes', async () => {
  const [first] = [await open(), await open()]
  expect(load.read()).toEqual({ active: 2, idle: 0 })
  look()
  expect(load.read()).toEqual({ active: 0, idle: 2 })
  first.write('more')
  await until(() => taken[0]?.bytesRead === 4)
  vi.advanceTimersByTime(1_000)
  expect(load.read()).toEqual({ active: 1, idle: 1 })
  look()
  expect(load.read()).toEqual({ active: 0, idle: 2 })
  expect(reported).toContainEqual({ active: 1, idle: 1 })
})

test('the ends of connections are reported together, idle or not', async () => {
  const idle = await open()
  look()
  expect(reported).toEqual([{ active: 0, idle: 1 }])
  const others = [await open(), await open()]
  for (const client of [idle, ...others]) client.destroy()
  await until(() => load.read().idle + load.read().active === 0)
  expect(reported).toHaveLength(1)
  vi.advanceTimersByTime(20)
  expect(reported).toEqual([
    { active: 0, idle: 1 },
    { active: 0, idle: 0 },
  ])
})

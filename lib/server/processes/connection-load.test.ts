import { once } from 'node:events'
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConnectionLoad, type Load } from './connection-load'

let server: Server
let load: ConnectionLoad
let reported: Load[]
let clients: Socket[]

beforeEach(async () => {
  reported = []
  clients = []
  load = new ConnectionLoad((now) => reported.push(now))
  server = createServer((socket) => {
    load.add(socket)
    socket.on('error', () => undefined).resume()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => {
  for (const client of clients) client.destroy()
  server.close()
})

async function open(): Promise<Socket> {
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  clients.push(client)
  const taken = once(server, 'connection')
  await once(client, 'connect')
  await taken
  return client
}

const isNow = (active: number, idle: number) =>
  expect.poll(() => load.read(), { timeout: 10_000 }).toEqual({ active, idle })

test('a connection is active at first, idle when nothing comes or goes, and active again with the next bytes', async () => {
  const [first] = [await open(), await open()]
  expect(load.read()).toEqual({ active: 2, idle: 0 })
  await isNow(0, 2)
  first.write('more')
  await isNow(1, 1)
  await isNow(0, 2)
  expect(reported).toContainEqual({ active: 1, idle: 1 })
})

test('the ends of connections are reported together, idle or not', async () => {
  const idle = await open()
  await isNow(0, 1)
  const others = [await open(), await open()]
  for (const client of [idle, ...others]) client.destroy()
  await isNow(0, 0)
  await expect.poll(() => reported.at(-1)).toEqual({ active: 0, idle: 0 })
  // Once for the one that became idle, and once or twice for three ends.
  expect(reported.length).toBeLessThan(4)
})

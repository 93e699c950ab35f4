import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { type Socket, connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { sweep } from '@/scripts/lib/sweep.mjs'
import { expect, test } from '../fixtures'
import { listChildren } from '../processes'
import type { StartedServer } from '../server'
import { send } from './http'

/*
 * Connections as no good client has them, to a server of two processes: the supervisor hands over each of them, and
 * neither it nor a process may keep what is over, or let one client wait for another.
 */

const request = 'GET /v2/ HTTP/1.1\r\nHost: stele\r\n\r\n'
const many = sweep(300, 2_000)

test.skip(!existsSync('/proc/self/fd'), 'only /proc tells what a process has open')

/** How many files and connections each process of the server has open, the supervisor first. */
async function openFiles(server: StartedServer): Promise<number[]> {
  const pids = [server.pid, ...(await listChildren(server.pid))]
  return Promise.all(pids.map(async (pid) => (await readdir(`/proc/${pid}/fd`)).length))
}

/** No process has many more open than at the start: some are for what runs by itself. */
async function expectNothingKept(server: StartedServer, before: readonly number[]): Promise<void> {
  const kept = async () => (await openFiles(server)).map((count, index) => count - (before[index] ?? 0))
  await expect.poll(async () => Math.max(...(await kept())), { timeout: 20_000 }).toBeLessThan(50)
}

function openAll(server: StartedServer, count: number, options: { allowHalfOpen?: boolean } = {}): Promise<Socket[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect({ port: server.port, host: '127.0.0.1', ...options })
      socket.on('error', () => undefined)
      await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))
      return socket
    }),
  )
}

/** The status of the first answer; what else has come when the connection ends without one. */
function firstStatus(socket: Socket): Promise<string> {
  let text = ''
  return new Promise((resolve) => {
    socket.on('data', (part: Buffer) => {
      text += part.toString('latin1')
      if (text.length >= 12) resolve(text.slice(9, 12))
    })
    socket.once('close', () => resolve(text))
  })
}

test('many connections wait, are answered, and leave nothing behind, however they end', async ({
  startPrivateServer,
}) => {
  test.setTimeout(120_000)
  const server = await startPrivateServer()
  await send(server, 'GET', '/v2/')
  const before = await openFiles(server)

  const waiting = await openAll(server, many)
  expect((await send(server, 'GET', '/v2/')).status).toBe(200)
  const answers = waiting.map(firstStatus)
  for (const socket of waiting) socket.write(request)
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['401']))
  for (const socket of waiting) socket.destroy()

  // Their bytes are there before anybody has taken them, and they have left before they are answered.
  for (const socket of await openAll(server, many)) {
    socket.write(request)
    socket.resetAndDestroy()
  }
  // They say at once that nothing more comes, with a request or without one.
  const half = await openAll(server, 100, { allowHalfOpen: true })
  const statuses = half.map(firstStatus)
  for (const [index, socket] of half.entries()) socket.end(index % 2 === 0 ? request : '')
  const seen = await Promise.all(statuses)
  expect(new Set(seen.filter((_, index) => index % 2 === 0))).toEqual(new Set(['401']))
  for (const socket of half) socket.destroy()

  expect((await send(server, 'GET', '/v2/')).status).toBe(200)
  await expectNothingKept(server, before)
})

test('a server of several processes listens on IPv6, and knows the address of each client', async ({
  startPrivateServer,
}) => {
  const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))
  test.skip(!hasIpv6, 'the machine has no IPv6')
  const server = await startPrivateServer({ env: { HOST: '::' } })
  for (let i = 0; i < 6; i++) {
    for (const host of ['[::1]', '127.0.0.1']) {
      expect((await fetch(`http://${host}:${server.port}/v2/`)).status).toBe(401)
    }
  }
  const addresses = () => new Set([...server.output().matchAll(/"address":"([^"]+)"/g)].map(([, address]) => address))
  await expect.poll(() => [...addresses()].sort()).toEqual(['127.0.0.1', '::1'])
})

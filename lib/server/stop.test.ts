import { type Server, type ServerResponse, createServer } from 'node:http'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createLogger } from '@/lib/log'
import { Connections } from './connections'
import type { Phase } from './phase'
import { stopListening } from './listen'
import { type Stoppable, stop } from './stop'
import { listenAnywhere, send } from '@/lib/testing/test-server'

let server: Server
let connections: Connections
let port: number
let phase: Phase
/** Answers of requests to `/held`, which the test ends. */
let held: ServerResponse[]
/** The requests that have not ended, as `Exchanges` tracks them. */
let running: { readonly response: ServerResponse }[]
let onHeld: () => void

beforeEach(async () => {
  held = []
  running = []
  phase = { name: 'ready' }
  server = createServer((request, response) => {
    if (request.url === '/held') {
      held.push(response)
      running.push({ response })
      onHeld()
    } else {
      response.end('now')
    }
  })
  connections = new Connections(server)
  port = await listenAnywhere(server)
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

/** Sends a request that the server does not answer by itself; resolves when it is there. */
async function hold(headers: Record<string, string> = {}) {
  const isHeld = new Promise<void>((resolve) => (onHeld = resolve))
  const answer = send(port, 'GET', '/held', headers).catch(() => null)
  await isHeld
  return { answer }
}

function stoppable(options: Partial<Stoppable> = {}): Stoppable {
  return {
    server,
    connections,
    stopAccepting: () => stopListening(server),
    phase,
    running,
    log: createLogger('silent'),
    drainMs: 0,
    timeoutMs: 60_000,
    hasUploads: () => false,
    stopWork: () => Promise.resolve(),
    release: () => Promise.resolve(),
    ...options,
  }
}

const noHurry = new AbortController().signal

describe('stopping', () => {
  test('is at once when nothing runs, kept connections aside', async () => {
    const kept = connect(port, '127.0.0.1')
    const closed = new Promise((resolve) => kept.once('close', resolve))
    await new Promise((resolve) => kept.once('data', resolve).write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'))
    await stop(stoppable(), noHurry)
    await closed
  })

  test('begins when the server was not ready for a time in which it served everything, unless it must hurry', async () => {
    const hurry = new AbortController()
    const stopWork = vi.fn(() => Promise.resolve())
    const stopped = stop(stoppable({ drainMs: 3_600_000, stopWork }), hurry.signal)
    expect(phase.name).toBe('draining')
    expect(await send(port, 'GET', '/')).toMatchObject({ text: 'now' })
    expect([phase.name, stopWork.mock.calls.length]).toEqual(['draining', 0])
    hurry.abort()
    await stopped
    expect(phase.name).toBe('stopping')
    expect(stopWork).toHaveBeenCalledOnce()
  })

  test('lets a running request end, takes no connection meanwhile, and lets go of everything after it', async () => {
    const release = vi.fn(() => Promise.resolve())
    const { answer } = await hold()
    const stopped = stop(stoppable({ release }), noHurry)
    expect(phase.name).toBe('stopping')
    await expect(send(port, 'GET', '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(release).not.toHaveBeenCalled()
    held[0]?.end('at last')
    expect(await answer).toMatchObject({ text: 'at last' })
    await stopped
    expect(release).toHaveBeenCalledTimes(1)
  })

  test.each(['draining', 'stopping'])('has running requests end their connections (%s)', async (name) => {
    const { answer } = await hold({ connection: 'keep-alive' })
    const hurry = new AbortController()
    const stopped = stop(stoppable({ drainMs: name === 'draining' ? 3_600_000 : 0 }), hurry.signal)
    expect(phase.name).toBe(name)
    held[0]?.end('at last')
    expect(await answer).toMatchObject({ text: 'at last', headers: { connection: 'close' } })
    hurry.abort()
    await stopped
  })

  test('waits for a client that reads the end of an answer slowly', async () => {
    const length = 16 * 1024 * 1024
    const isHeld = new Promise<void>((resolve) => (onHeld = resolve))
    const client = connect(port, '127.0.0.1')
    await new Promise((resolve) => client.once('connect', resolve))
    client.write('GET /held HTTP/1.1\r\nHost: x\r\n\r\n')
    await isHeld
    const response = held[0] as ServerResponse
    response.writeHead(200, { 'Content-Length': length })
    response.end(Buffer.alloc(length))
    const stopped = stop(stoppable(), noHurry)
    // More than one look at the connections.
    await setTimeout(200)
    let received = 0
    const closed = new Promise((resolve) => client.once('close', resolve))
    client.on('data', (part: Buffer) => (received += part.length))
    await stopped
    await closed
    expect(received).toBeGreaterThan(length)
  })

  test('goes on taking connections while an upload is under way', async () => {
    let hasUploads = true
    const stopped = stop(stoppable({ hasUploads: () => hasUploads }), noHurry)
    expect(await send(port, 'GET', '/')).toMatchObject({ text: 'now' })
    hasUploads = false
    await stopped
    await expect(send(port, 'GET', '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('cuts what is left after the limit', async () => {
    const { answer } = await hold()
    await stop(stoppable({ timeoutMs: 10, hasUploads: () => true }), noHurry)
    expect(await answer).toBeNull()
  })

  test('cuts what is left when it is told to hurry', async () => {
    const hurry = new AbortController()
    const { answer } = await hold()
    const stopped = stop(stoppable({ hasUploads: () => true }), hurry.signal)
    hurry.abort()
    await stopped
    expect(await answer).toBeNull()
  })

  test('ends work in the background before it lets go of what that uses, and bears that it fails', async () => {
    const calls: string[] = []
    const stopWork = () => {
      calls.push('work ends')
      return Promise.reject(new Error('the database is gone'))
    }
    const release = () => {
      calls.push('let go')
      return Promise.reject(new Error('the database is gone'))
    }
    await stop(stoppable({ stopWork, release }), noHurry)
    expect(calls).toEqual(['work ends', 'let go'])
  })
})

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Distribution } from './distribution'
import type { Report } from './messages'

/**
 * A process that answers each connection with its name, and confirms it. One of mode `crash` ends before both; one of mode
 * `keep` leaves the connection open until the client ends it.
 */
const program = `
const [name, mode] = process.argv.slice(2)
let active = 0
const load = () => ({ active, idle: 0 })
process.on('message', (order, socket) => {
  if (mode === 'crash') process.exit(1)
  active += 1
  socket?.on('error', () => {}).once('close', () => { active -= 1; process.send({ type: 'load', load: load() }) })
  if (mode === 'keep') socket?.resume().write(name)
  else socket?.end(name)
  process.send({ type: 'taken', connection: order.connection, load: load() })
})
process.on('disconnect', () => process.exit())
process.send({ type: 'open' })
`

let folder: string
let server: Server
let port: number
let distribution: Distribution
let children: ChildProcess[]
let confirmed = 0
/** How many connections have ended, as their processes reported. */
let ended = 0

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stele-distribution-'))
  await writeFile(path.join(folder, 'taker.mjs'), program)
  children = []
  await distribute()
})

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  distribution.close()
  await rm(folder, { recursive: true, force: true })
})

async function distribute(openMax?: number): Promise<void> {
  server = createServer({ pauseOnConnect: true, allowHalfOpen: true })
  distribution = new Distribution(server, openMax)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
}

/** Starts a process that takes connections, as the supervisor would. */
async function addTaker(name: string, mode = 'answer', isMain = false): Promise<ChildProcess> {
  const child = fork(path.join(folder, 'taker.mjs'), [name, mode])
  children.push(child)
  child.on('error', () => undefined)
  child.once('exit', () => distribution.remove(child, { hasEnded: true }))
  await once(child, 'message')
  child.on('message', (report: Report) => {
    if (report.type === 'taken') {
      distribution.confirm(report.connection, report.load)
      confirmed += 1
    }
    if (report.type === 'load') {
      distribution.noteLoad(child, report.load)
      ended += 1
    }
  })
  distribution.add(child, { isMain })
  return child
}

/** Opens a connection; `text` is what came when it has ended. */
async function open(): Promise<{ socket: Socket; text: Promise<string> }> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.setEncoding('utf8').on('data', (part: string) => (received += part))
  const text = new Promise<string>((resolve) => {
    socket.once('error', (error) => resolve(String(error))).once('close', () => resolve(received))
  })
  await once(socket, 'connect')
  return { socket, text }
}

/** Opens a connection that stays open; `name` is the process that has confirmed it. */
async function hold(): Promise<{ socket: Socket; name: string }> {
  const before = confirmed
  const { socket } = await open()
  const [name] = (await once(socket, 'data')) as [string]
  await expect.poll(() => confirmed).toBe(before + 1)
  return { socket, name }
}

async function ask(): Promise<string> {
  return (await open()).text
}

describe('connections', () => {
  test('are given to the processes in turn', async () => {
    await addTaker('a')
    await addTaker('b')
    const answers = []
    const before = ended
    for (let i = 1; i <= 6; i++) {
      answers.push(await ask())
      // A process that has not reported the end yet counts as busier.
      await expect.poll(() => ended).toBe(before + i)
    }
    expect(answers).toEqual(['a', 'b', 'a', 'b', 'a', 'b'])
  })

  test('are given to the process that has the fewest', async () => {
    await addTaker('a', 'keep')
    await addTaker('b', 'keep')
    const held = [await hold(), await hold(), await hold(), await hold()]
    expect(held.map(({ name }) => name)).toEqual(['a', 'b', 'a', 'b'])
    const before = ended
    for (const { name, socket } of held) if (name === 'b') socket.destroy()
    await expect.poll(() => ended - before).toBe(2)
    expect([(await hold()).name, (await hold()).name]).toEqual(['b', 'b'])
  })

  test('that come one after the other are all given to the main process, and of many it has one more', async () => {
    await addTaker('reader', 'keep')
    await addTaker('main', 'keep', true)
    const before = ended
    for (let i = 0; i < 5; i++) {
      // It may come before anybody has heard of the end of the last one, but not of those before that.
      await expect.poll(() => ended - before).toBeGreaterThanOrEqual(i - 1)
      const { name, socket } = await hold()
      expect(name).toBe('main')
      socket.destroy()
    }
    await expect.poll(() => ended - before).toBe(5)
    const names = []
    for (let i = 0; i < 8; i++) names.push((await hold()).name)
    expect(names.filter((name) => name === 'main')).toHaveLength(5)
  })

  test('that are idle count little', async () => {
    const idle = await addTaker('idle', 'keep')
    await addTaker('b', 'keep')
    await hold()
    distribution.noteLoad(idle, { active: 0, idle: 9 })
    await hold()
    expect((await hold()).name).toBe('idle')
    distribution.noteLoad(idle, { active: 0, idle: 16 })
    expect((await hold()).name).toBe('b')
  })

  test('that came while nobody took any are given to the first that does', async () => {
    const opened = [await open(), await open(), await open()]
    opened[1]?.socket.destroy()
    await addTaker('a')
    expect([await opened[0]?.text, await opened[2]?.text]).toEqual(['a', 'a'])
    expect(await ask()).toBe('a')
  })

  test('are given to another process when theirs ends before it takes them', async () => {
    await addTaker('crashing', 'crash')
    const opened = [await open(), await open(), await open()]
    await once(children[0] as ChildProcess, 'exit')
    await addTaker('b')
    expect(await Promise.all(opened.map(({ text }) => text))).toEqual(['b', 'b', 'b'])
  })

  test('are given to others while a process hangs, and its own when it is ended', async () => {
    const hanging = await addTaker('hanging')
    await addTaker('b')
    hanging.kill('SIGSTOP')
    const first = await open()
    for (let i = 0; i < 10; i++) expect(await ask()).toBe('b')
    hanging.kill('SIGKILL')
    expect(await first.text).toBe('b')
    expect(await ask()).toBe('b')
  })

  test('that wait for a process which has many of them are given to another when it ends', async () => {
    const hanging = await addTaker('hanging')
    hanging.kill('SIGSTOP')
    const opened = [await open(), await open(), await open()]
    await setTimeout(50)
    hanging.kill('SIGKILL')
    await once(hanging, 'exit')
    await addTaker('b')
    expect(await Promise.all(opened.map(({ text }) => text))).toEqual(['b', 'b', 'b'])
  })

  test('are closed when too many wait', async () => {
    distribution.close()
    await distribute(2)
    const opened = [await open(), await open(), await open()]
    expect(await opened[2]?.text).toBe('')
    await addTaker('a')
    expect(await Promise.all(opened.map(({ text }) => text))).toEqual(['a', 'a', ''])
  })

  test('are not given to a process that stops, but it keeps those it has', async () => {
    const stopping = await addTaker('stopping')
    await addTaker('b')
    expect(await ask()).toBe('stopping')
    distribution.remove(stopping, { hasEnded: false })
    expect([await ask(), await ask()]).toEqual(['b', 'b'])
  })

  test('are accepted no more after the end', async () => {
    const { text } = await open()
    await setTimeout(50)
    distribution.close()
    expect(await text).toBe('')
    await expect(open()).rejects.toThrow('ECONNREFUSED')
  })
})

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SupervisorTimes } from './supervise'

/*
 * The supervisor in a process of its own, with small programs in place of the server's: what each does is written in its
 * test. Nothing here depends on how fast the machine is.
 */

const times: SupervisorTimes = { settledMs: 60_000, restartMs: 1, restartMaxMs: 8, stopMarginMs: 60_000 }

/** What every program has: it notes its start, and does what `order` says. */
const preamble = `
import { appendFileSync } from 'node:fs'
const [role, folder, port, start] = process.argv.slice(2)
const note = (what) => appendFileSync(process.env.NOTES, JSON.stringify({ role, what, pid: process.pid }) + '\\n')
const tell = (type) => process.send({ type })
process.on('disconnect', () => process.exit(1))
process.on('SIGTERM', () => {})
process.on('message', ({ type }) => note(type))
note(start)
`

interface Note {
  readonly role: 'main' | 'reader'
  /** How it was started (`first`, `again`), or the order that it got. */
  readonly what: string
  readonly pid: number
}

let folder: string | null = null
let supervisor: ChildProcess
let output: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stele-supervise-'))
  output = ''
})
afterEach(async () => {
  if (folder === null) return
  supervisor.kill('SIGKILL')
  for (const { pid } of await notes()) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended.
    }
  }
  await rm(folder, { recursive: true, force: true })
})

function inFolder(...names: string[]): string {
  return path.join(folder ?? '', ...names)
}

/** Starts a supervisor with two readers, whose processes run `program` after the preamble. */
async function supervise(program: string, others: Partial<SupervisorTimes> = {}): Promise<void> {
  await writeFile(inFolder('program.mjs'), preamble + program)
  const source = (name: string) => JSON.stringify(pathToFileURL(path.resolve('lib/server', name)).href)
  await writeFile(
    inFolder('supervisor.mjs'),
    `import { readConfig } from ${source('read-config.ts')}
     import { supervise } from ${source('processes/supervise.ts')}
     process.execArgv.length = 0
     await supervise(readConfig(process.env), ${JSON.stringify(inFolder('program.mjs'))},
       ${JSON.stringify({ ...times, ...others })})`,
  )
  supervisor = spawn(process.execPath, ['--import', 'tsx', inFolder('supervisor.mjs')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      NODE_ENV: 'production',
      NOTES: inFolder('notes'),
      PORT: '0',
      HOST: '127.0.0.1',
      TMPDIR: inFolder(),
      STELE_DATA_DIR: inFolder('data'),
      STELE_PROCESSES: '3',
      STELE_STOP_TIMEOUT_SECONDS: '0',
    },
  })
  for (const stream of [supervisor.stdout, supervisor.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
}

/** Everything that the processes have noted so far. */
async function notes(): Promise<Note[]> {
  const text = existsSync(inFolder('notes')) ? await readFile(inFolder('notes'), 'utf8') : ''
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Note)
}

const noted = async (role: Note['role'], what: string) =>
  (await notes()).filter((note) => note.role === role && note.what === what)

async function whenNoted(role: Note['role'], what: string, count: number): Promise<void> {
  await expect.poll(() => noted(role, what), { timeout: 15_000 }).toHaveLength(count)
}

/** The exit code of the supervisor, once it and all its processes have ended. */
async function ended(): Promise<number | null> {
  if (supervisor.exitCode === null) await once(supervisor, 'close')
  for (const { pid } of await notes()) await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false)
  return supervisor.exitCode
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // Nobody may have asked yet how a process ended whose parent is gone.
  const state = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1] : ''
  return state?.startsWith('Z') !== true
}

/** The lines of the log with this message. */
function logged(message: string): Record<string, unknown>[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === message)
}

const restarted = 'a process of the server ended and is started again'
const serving = `if (role === 'main') { tell('open'); tell('ready') } else tell('open')\n`
const stopping = `process.on('message', ({ type }) => {
  if (role === 'reader' ? type === 'stop' : type === 'readers ended') process.exit(0)
})\n`

describe('a process that ends', () => {
  test('is started again after waits that double, as often as it ends', async () => {
    await supervise(`${serving}${stopping} if (role === 'reader') process.exit(7)`, { restartMaxMs: 8 })
    await expect.poll(() => logged(restarted).length, { timeout: 15_000 }).toBeGreaterThan(12)
    const ends = logged(restarted).slice(0, 12)
    expect(ends.map(({ waitMs }) => waitMs)).toEqual([1, 2, 4, ...Array<number>(9).fill(8)])
    expect(ends[0]).toMatchObject({ role: 'reader', code: 7, signal: null, restarts: 1 })
    // Readers that fail do not end the server.
    expect(await noted('main', 'first')).toHaveLength(1)
    expect(await noted('main', 'again')).toHaveLength(0)
    supervisor.kill('SIGTERM')
    expect(await ended()).toBe(0)
  })

  test('counts as well again when it has run for a while', async () => {
    await supervise(`${serving}${stopping} if (role === 'main') setTimeout(() => process.exit(7), 50)`, {
      settledMs: 1,
    })
    await whenNoted('main', 'again', 12)
    expect(new Set(logged(restarted).map(({ restarts, waitMs }) => `${String(restarts)} ${String(waitMs)}`))).toEqual(
      new Set(['0 0']),
    )
  })

  test('ends the server when it is the main one and does not stay up', async () => {
    await supervise(`${serving}${stopping} if (role === 'main' && start === 'again') process.exit(7)
      if (role === 'main') setTimeout(() => process.exit(7), 200)`)
    expect(await ended()).toBe(1)
    expect(await noted('main', 'again')).toHaveLength(8)
    expect(logged('the main process does not stay up: the server ends')).toHaveLength(1)
  })

  test('ends the server with its own code when the server has never served', async () => {
    await supervise(`process.exit(7)`)
    expect(await ended()).toBe(7)
    expect(await notes()).toHaveLength(1)
  })
})

describe('a server that is told to stop', () => {
  test('ends its readers first, then the main process, and is over with its code', async () => {
    await supervise(`${serving}${stopping}`)
    await whenNoted('reader', 'first', 2)
    supervisor.kill('SIGTERM')
    expect(await ended()).toBe(0)
    const orders = (await notes()).filter(({ role }) => role === 'main').map(({ what }) => what)
    expect(orders).toEqual(['first', 'stop', 'uploads ended', 'readers ended'])
  })

  test('tells the main process when no client of a reader is in the middle of an upload any more', async () => {
    await supervise(`${serving} process.on('message', ({ type }) => {
      if (role === 'reader' && type === 'stop') tell('uploads ended')
    })`)
    await whenNoted('reader', 'first', 2)
    supervisor.kill('SIGTERM')
    await whenNoted('main', 'uploads ended', 1)
    expect(await noted('main', 'readers ended')).toHaveLength(0)
  })

  test('starts no reader when its main process becomes ready meanwhile', async () => {
    await supervise(`process.on('message', ({ type }) => {
      if (type === 'stop') { tell('open'); tell('ready') }
      if (type === 'readers ended') setTimeout(() => process.exit(0), 100)
    })`)
    await whenNoted('main', 'first', 1)
    supervisor.kill('SIGTERM')
    expect(await ended()).toBe(0)
    expect(await noted('reader', 'first')).toHaveLength(0)
  })

  test('starts nothing again that ends meanwhile', async () => {
    await supervise(`${serving} process.on('message', ({ type }) => {
      if (type === 'stop') process.exit(role === 'reader' ? 7 : 0)
    })`)
    await whenNoted('reader', 'first', 2)
    supervisor.kill('SIGTERM')
    expect(await ended()).toBe(0)
    expect((await notes()).filter(({ what }) => what === 'again')).toHaveLength(0)
  })

  test('ends a main process that hangs', async () => {
    await supervise(
      `${serving} process.on('message', ({ type }) => {
      if (role === 'reader' && type === 'stop') process.exit(0)
    })`,
      { stopMarginMs: 200 },
    )
    await whenNoted('reader', 'first', 2)
    supervisor.kill('SIGTERM')
    expect(await ended()).toBe(1)
    const [main] = await noted('main', 'first')
    const hanging = logged('a process of the server did not stop, and is ended').map(({ pid }) => pid)
    expect(hanging.filter((pid) => pid === main?.pid)).toHaveLength(1)
  })

  test('ends readers that hang', async () => {
    await supervise(
      `${serving} process.on('message', ({ type }) => {
      if (role === 'main' && type === 'readers ended') process.exit(0)
    })`,
      { stopMarginMs: 200 },
    )
    await whenNoted('reader', 'first', 2)
    supervisor.kill('SIGTERM')
    await ended()
    const [main] = await noted('main', 'first')
    const hanging = logged('a process of the server did not stop, and is ended').map(({ pid }) => pid)
    expect(hanging.filter((pid) => pid !== main?.pid)).toHaveLength(2)
  })

  test('is in a hurry when it is told again, but not by an echo of the same signal', async () => {
    await supervise(`${serving} process.on('message', ({ type }) => type === 'hurry' && process.exit(0))`)
    await whenNoted('reader', 'first', 2)
    supervisor.kill('SIGTERM')
    await whenNoted('main', 'stop', 1)
    supervisor.kill('SIGTERM')
    const told = async () => {
      supervisor.kill('SIGTERM')
      return (await noted('main', 'hurry')).length
    }
    await expect.poll(told, { interval: 300, timeout: 10_000 }).toBe(1)
    expect(await ended()).toBe(0)
  })
})

test('a supervisor that is killed leaves no process behind', async () => {
  await supervise(`${serving}${stopping}`)
  await whenNoted('reader', 'first', 2)
  supervisor.kill('SIGKILL')
  await ended()
})

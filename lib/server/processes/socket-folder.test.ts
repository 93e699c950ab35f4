import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { type Server, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSocketFolder } from './socket-folder'

let parent: string
const servers: Server[] = []

beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'stele-sockets-'))
})
afterEach(async () => {
  for (const server of servers.splice(0)) server.close()
  await rm(parent, { recursive: true, force: true })
})

/** A folder as a server has it, made long ago unless `isYoung`. */
async function makeFolder(name: string, owner: 'running' | 'killed' | 'none', isYoung = false): Promise<void> {
  const folder = path.join(parent, name)
  await mkdir(folder)
  const socket = path.join(folder, 'owner.sock')
  await writeFile(path.join(folder, 'relay.sock'), '')
  if (owner === 'running') {
    const server = createServer().listen(socket)
    servers.push(server)
    await once(server, 'listening')
  }
  if (owner === 'killed') {
    const program = `require('node:net').createServer().listen(${JSON.stringify(socket)}, () => console.log('listens'))`
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const longAgo = new Date(Date.now() - 3_600_000)
  if (!isYoung) await utimes(folder, longAgo, longAgo)
}

test('folders of servers that were killed are removed, and nothing else', async () => {
  await makeFolder('stele-processes-killed', 'killed')
  await makeFolder('stele-processes-none', 'none')
  await makeFolder('stele-processes-running', 'running')
  await makeFolder('stele-processes-young', 'none', true)
  await makeFolder('something-else', 'killed')
  await writeFile(path.join(parent, 'stele-processes-file'), '')

  const mine = path.basename(await openSocketFolder([parent]))
  expect((await readdir(parent)).sort()).toEqual(
    ['something-else', 'stele-processes-file', 'stele-processes-running', 'stele-processes-young', mine].sort(),
  )
  // That of a running server stays, however often others start.
  const long = new Date(Date.now() - 3_600_000)
  await utimes(path.join(parent, mine), long, long)
  await openSocketFolder([parent])
  expect(await readdir(parent)).toContain(mine)
})

test('a folder that cannot hold a socket is refused with the setting to change', async () => {
  await expect(openSocketFolder([path.join(parent, 'none')])).rejects.toThrow('TMPDIR')
  const long = path.join(parent, 'x'.repeat(100))
  await mkdir(long)
  await expect(openSocketFolder([long])).rejects.toThrow('set TMPDIR to a shorter one')
})

test('the next folder is taken where the first cannot be written to', async () => {
  expect(path.dirname(await openSocketFolder([path.join(parent, 'none'), parent]))).toBe(parent)
})

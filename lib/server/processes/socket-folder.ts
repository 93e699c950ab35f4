import { mkdtempSync, rmSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { StartError } from '@/lib/server/start-error'
import { socketsIn } from './messages'

/** How the folders begin. */
const prefix = 'stele-processes-'

/** Longest path of a socket that all systems take, in bytes. */
const socketPathMax = 103

/** A folder that is younger may belong to a server that does not listen in it yet, in milliseconds. */
const youngMs = 60_000

/** Memory that containers have even when their file system is read-only. */
const sharedMemory = '/dev/shm'

/**
 * Creates the folder of the processes' sockets, which only this user may open, for as long as this process runs: in the
 * first of `parents` that can be written to. Removes those that other servers of this user left when they were killed.
 * Throws a StartError when there can be none.
 */
export async function openSocketFolder(parents: readonly string[] = [tmpdir(), sharedMemory]): Promise<string> {
  const { parent, folder } = await makeFolder(parents)
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const owner = ownerSocketIn(folder)
  if ([...Object.values(socketsIn(folder)), owner].some((socket) => Buffer.byteLength(socket) > socketPathMax)) {
    throw new StartError(`TMPDIR: ${parent} is too long for the path of a socket: set TMPDIR to a shorter one`)
  }
  // The system ends it with this process, however that ends: who can connect knows that the folder is in use.
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new StartError(`TMPDIR: no socket in ${parent} (${error.message})`)))
    server.listen(owner, resolve)
  })
  server.unref()
  return folder
}

async function makeFolder(parents: readonly string[]): Promise<{ parent: string; folder: string }> {
  const failures: string[] = []
  for (const parent of parents) {
    await sweep(parent)
    try {
      return { parent, folder: mkdtempSync(path.join(parent, prefix)) }
    } catch (error) {
      failures.push(`${parent} is not writable (${String((error as { code?: unknown }).code)})`)
    }
  }
  throw new StartError(`TMPDIR: ${failures.join(', ')}: several processes need a folder for their sockets`)
}

/** Not the process's number: in a container it may be that of another process. */
function ownerSocketIn(folder: string): string {
  return path.join(folder, 'owner.sock')
}

/** What cannot be read or removed stays: it is in nobody's way. */
async function sweep(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => [])
  await Promise.all(
    names.filter((name) => name.startsWith(prefix)).map((name) => sweepOne(path.join(parent, name)).catch(() => {})),
  )
}

async function sweepOne(folder: string): Promise<void> {
  const { uid, mtimeMs } = await stat(folder)
  if (uid !== process.getuid?.() || Date.now() - mtimeMs < youngMs) return
  if (!(await isInUse(folder))) await rm(folder, { recursive: true, force: true })
}

function isInUse(folder: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(ownerSocketIn(folder))
    socket.once('connect', () => {
      resolve(true)
      socket.destroy()
    })
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'))
  })
}

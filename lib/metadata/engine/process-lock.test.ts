import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LockMode, lockForProcess } from './process-lock'

let folder: string
let file: string
const children: ChildProcess[] = []

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stele-lock-'))
  file = path.join(folder, 'serving.lock')
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

/** Starts another process that holds the lock until it is killed. */
async function holdElsewhere(mode: LockMode): Promise<ChildProcess> {
  const script = `
    require('node:fs').appendFileSync(${JSON.stringify(file)}, '')
    const db = new (require('better-sqlite3'))(${JSON.stringify(file)})
    db.exec(${JSON.stringify(mode === 'exclusive' ? 'BEGIN EXCLUSIVE' : 'BEGIN; SELECT * FROM sqlite_master')})
    console.log('held')
    setInterval(() => db, 1000)`
  const child = spawn(process.execPath, ['--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  await once(child.stdout, 'data')
  return child
}

test.each([
  ['exclusive', 'exclusive', false],
  ['exclusive', 'shared', false],
  ['shared', 'exclusive', false],
  ['shared', 'shared', true],
] as const)('a process that holds it %s: another that wants it %s gets it: %s', async (held, wanted, isGranted) => {
  await holdElsewhere(held)
  const lock = lockForProcess(file, wanted)
  expect(lock !== null).toBe(isGranted)
  lock?.release()
})

test('it ends with its process, also by kill -9', async () => {
  const child = await holdElsewhere('exclusive')
  expect(lockForProcess(file, 'exclusive')).toBeNull()
  child.kill('SIGKILL')
  await once(child, 'exit')
  const lock = lockForProcess(file, 'exclusive')
  expect(lock).not.toBeNull()
  lock?.release()
})

test('a lock that is refused leaves the holder its own', async () => {
  await holdElsewhere('exclusive')
  for (let attempt = 0; attempt < 3; attempt++) expect(lockForProcess(file, 'exclusive')).toBeNull()
})

test('it can be released before the process ends', async () => {
  lockForProcess(file, 'exclusive')?.release()
  await holdElsewhere('exclusive')
})

test('its file is empty and for the owner only', async () => {
  const lock = lockForProcess(file, 'exclusive')
  const { size, mode } = await stat(file)
  expect([size, mode & 0o777]).toEqual([0, 0o600])
  lock?.release()
  expect(existsSync(`${file}-journal`)).toBe(false)
})

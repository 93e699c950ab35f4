import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type TestContext, afterEach, beforeEach, expect, test } from 'vitest'
import { createLogger } from '@/lib/log'
import { SpaceReserve } from './space-reserve'

const mebibyte = 1024 * 1024

let folder: string
let isMounted = false

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stele-reserve-'))
})
afterEach(async () => {
  if (isMounted) execFileSync('umount', [folder])
  isMounted = false
  await rm(folder, { recursive: true })
})

/** Makes the folder a file system of its own of this size. */
function mount(mib: number, context: TestContext): void {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', folder], { stdio: 'ignore' })
    isMounted = true
  } catch {
    context.skip('mounting a small tmpfs takes root')
  }
}

function open(sizeMib: number): SpaceReserve {
  return new SpaceReserve({ provider: 'sqlite', file: path.join(folder, 'stele.db') }, sizeMib, createLogger('silent'))
}

/** Leaves so many MiB free. */
async function fill(freeMib: number): Promise<void> {
  await rm(path.join(folder, 'filler'), { force: true })
  const { bavail, bsize } = await statfs(folder)
  await writeFile(path.join(folder, 'filler'), Buffer.alloc(bavail * bsize - freeMib * mebibyte))
  await setTimeout(11) // for how long an answer is used
}

const reserveFile = () => path.join(folder, 'stele.db.reserve')

async function freeMib(): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return (bavail * bsize) / mebibyte
}

test('the reserve takes its whole size, for the owner only', async (context) => {
  mount(64, context)
  const reserve = open(16)
  await reserve.restore()
  expect(await freeMib()).toBeLessThanOrEqual(48)
  expect((await stat(reserveFile())).mode & 0o777).toBe(0o600)
  expect(reserve.isLow).toBe(false)
})

test('content is refused before the disk is full, and the reserve stays', async (context) => {
  mount(64, context)
  const reserve = open(16)
  await reserve.restore()
  await fill(7)
  reserve.beforeWrite()
  expect(() => reserve.assertRoomForContent()).toThrow(expect.objectContaining({ code: 'STORAGE_FULL' }))
  expect(existsSync(reserveFile())).toBe(true)
})

test('on a full disk the next write has the space of the reserve; content has not, in any process', async (context) => {
  mount(64, context)
  const reserve = open(16)
  await reserve.restore()
  await fill(0)
  reserve.beforeWrite()
  expect(await freeMib()).toBeGreaterThanOrEqual(16)
  expect([reserve.isLow, open(16).isLow]).toEqual([true, true])
  await setTimeout(11)
  expect(reserve.isLow).toBe(true)
})

test('it is made again when there is room for it and for content, and not before', async (context) => {
  mount(64, context)
  const reserve = open(16)
  await reserve.restore()
  await fill(0)
  reserve.beforeWrite()
  await reserve.restore()
  expect(existsSync(reserveFile())).toBe(false)
  await fill(30)
  expect(reserve.isLow).toBe(false)
  await reserve.restore()
  expect(existsSync(reserveFile())).toBe(true)
})

test('a reserve of another size is replaced', async () => {
  await open(2).restore()
  await open(1).restore()
  expect((await stat(reserveFile())).size).toBe(mebibyte)
})

test('a size of 0 keeps nothing and refuses nothing', async (context) => {
  mount(8, context)
  const reserve = open(0)
  await reserve.restore()
  await fill(0)
  reserve.beforeWrite()
  expect([reserve.isLow, existsSync(reserveFile())]).toEqual([false, false])
})

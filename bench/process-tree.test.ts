import { type ChildProcess, spawn } from 'node:child_process'
import { afterEach, expect, test, vi } from 'vitest'
import { findChildren, readCpuSeconds, readMemoryMiB } from './process-tree'

let child: ChildProcess | undefined

afterEach(() => child?.kill('SIGKILL'))

/** Starts a program that starts another one, which uses CPU or memory. */
function start(grandchild: string): number {
  const program = `const { spawn } = require('node:child_process')
    const other = spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: 'inherit' })
    other.once('close', () => setInterval(() => {}, 1000))
    process.once('SIGTERM', () => other.kill())`
  child = spawn(process.execPath, ['-e', program], { stdio: 'ignore' })
  return child.pid ?? 0
}

const burn = 'for (const end = process.cpuUsage().user + 400_000; process.cpuUsage().user < end;);'

test('the CPU time of a descendant counts, also after it has ended', { timeout: 60_000 }, async () => {
  const pid = start(burn)
  await vi.waitFor(async () => expect(await readCpuSeconds([pid])).toBeGreaterThan(0.4), { timeout: 50_000 })
  const ended = await vi.waitFor(
    async () => {
      const before = await readCpuSeconds([pid])
      await new Promise((resolve) => setTimeout(resolve, 200))
      expect(await readCpuSeconds([pid])).toBe(before)
      return before
    },
    { timeout: 50_000 },
  )
  expect(ended).toBeGreaterThan(0.4)
})

test('the memory of a descendant counts', { timeout: 60_000 }, async () => {
  const pid = start('const kept = Buffer.alloc(200 * 1024 * 1024, 1); setInterval(() => kept, 1000)')
  await vi.waitFor(async () => expect(await readMemoryMiB([pid])).toBeGreaterThan(200), { timeout: 50_000 })
  child?.kill('SIGTERM')
})

test('children are found by the name of their program', async () => {
  child = spawn('sleep', ['60'])
  await vi.waitFor(async () => expect(await findChildren('sleep')).toEqual([child?.pid]))
  expect(await findChildren('no-such-program')).toEqual([])
})

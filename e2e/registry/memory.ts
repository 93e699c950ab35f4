import { existsSync } from 'node:fs'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { test } from '@playwright/test'

/** How much memory a process took while something ran, in bytes. */
export interface MemoryUse {
  readonly beforeBytes: number
  /** The most at any moment of it, as the kernel counted. */
  readonly peakBytes: number
}

/** Runs `work` and says how much resident memory the process `pid` took. Skips the test where the kernel doesn't count. */
export async function measureMemory(pid: number, work: () => Promise<void>): Promise<MemoryUse> {
  test.skip(!existsSync('/proc/self/clear_refs'), 'needs the memory counters of Linux')
  // Sets the peak to what is resident now (man 5 proc_pid_clear_refs).
  await writeFile(`/proc/${pid}/clear_refs`, '5')
  const beforeBytes = await readCounter(pid, 'VmRSS')
  await work()
  return { beforeBytes, peakBytes: await readCounter(pid, 'VmHWM') }
}

async function readCounter(pid: number, name: 'VmRSS' | 'VmHWM'): Promise<number> {
  const kilobytes = new RegExp(`^${name}:\\s+([0-9]+) kB$`, 'm').exec(
    await readFile(`/proc/${pid}/status`, 'utf8'),
  )?.[1]
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status has no ${name}`)
  return Number(kilobytes) * 1024
}

/** Resident memory of the process `pid` at this moment, in bytes. */
export function readResidentBytes(pid: number): Promise<number> {
  return readCounter(pid, 'VmRSS')
}

/** How many files and connections the process `pid` has open at this moment. */
export async function countOpenFiles(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length
}

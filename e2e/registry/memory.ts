import { existsSync } from 'node:fs'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { test } from '@playwright/test'
import { listTree } from '../processes'

/** How much memory a server took while something ran, in bytes. */
export interface MemoryUse {
  readonly beforeBytes: number
  /** At least the most at any moment of it: the sum of what the kernel counted for each process. */
  readonly peakBytes: number
}

/**
 * Runs `work` and says how much resident memory the server took: the process `pid` and all that it has started. Skips the
 * test where the kernel doesn't count.
 */
export async function measureMemory(pid: number, work: () => Promise<void>): Promise<MemoryUse> {
  test.skip(!existsSync('/proc/self/clear_refs'), 'needs the memory counters of Linux')
  await untilIdle(pid)
  // Sets the peak to what is resident now (man 5 proc_pid_clear_refs).
  for (const each of await listTree(pid)) await writeFile(`/proc/${each}/clear_refs`, '5')
  const beforeBytes = await sumCounters(pid, 'VmRSS')
  await work()
  return { beforeBytes, peakBytes: await sumCounters(pid, 'VmHWM') }
}

/**
 * Runs `work` and says how much memory the server took at most while it ran, looked at five times a second: pages that its
 * processes share are counted once. Skips the test where the kernel doesn't count.
 */
export async function measureProportionalMemory(pid: number, work: () => Promise<void>): Promise<number> {
  test.skip(!existsSync('/proc/self/smaps_rollup'), 'needs the memory counters of Linux')
  let peakBytes = 0
  const working = work()
  for (let isOver = false; !isOver;) {
    const counted = (await listTree(pid)).map(async (each) => {
      const text = await readFile(`/proc/${each}/smaps_rollup`, 'utf8').catch(() => '') // it has just ended
      return Number(/^Pss:\s+([0-9]+) kB$/m.exec(text)?.[1] ?? 0) * 1024
    })
    peakBytes = Math.max(
      peakBytes,
      (await Promise.all(counted)).reduce((sum, bytes) => sum + bytes, 0),
    )
    isOver = await Promise.race([working.then(() => true), setTimeout(200, false)])
  }
  return peakBytes
}

/** Waits until no process of the server works, as one does that has just started; ten seconds at most. */
async function untilIdle(pid: number): Promise<void> {
  const used = async () => {
    const times = (await listTree(pid)).map(async (each) =>
      (await readFile(`/proc/${each}/stat`, 'utf8')).split(') ')[1]?.split(' ').slice(11, 13),
    )
    return JSON.stringify(await Promise.all(times))
  }
  const deadline = performance.now() + 10_000
  let last = ''
  while (performance.now() < deadline) {
    const now = await used()
    if (now === last) return
    last = now
    await setTimeout(200)
  }
}

async function sumCounters(pid: number, name: 'VmRSS' | 'VmHWM'): Promise<number> {
  const counters = await Promise.all((await listTree(pid)).map((each) => readCounter(each, name)))
  return counters.reduce((sum, bytes) => sum + bytes, 0)
}

async function readCounter(pid: number, name: 'VmRSS' | 'VmHWM'): Promise<number> {
  const kilobytes = new RegExp(`^${name}:\\s+([0-9]+) kB$`, 'm').exec(
    await readFile(`/proc/${pid}/status`, 'utf8'),
  )?.[1]
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status has no ${name}`)
  return Number(kilobytes) * 1024
}

/** Resident memory of the server `pid` and the processes it has started, at this moment, in bytes. */
export async function readResidentBytes(pid: number): Promise<number> {
  await untilIdle(pid)
  return sumCounters(pid, 'VmRSS')
}

/** How many files and connections the server `pid` and the processes it has started have open at this moment. */
export async function countOpenFiles(pid: number): Promise<number> {
  const counts = await Promise.all(
    (await listTree(pid)).map(async (each) => (await readdir(`/proc/${each}/fd`)).length),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

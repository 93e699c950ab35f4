import { setImmediate } from 'node:timers/promises'

/** What nothing in the server may exceed, in milliseconds (docs/operations.md, "Event loop"). */
export const holdMaxMs = 50

/**
 * How long `work` held the event loop at most, in milliseconds. A turn counts with its CPU time or its duration,
 * whichever is less: when other programs have the processor meanwhile, only the duration grows. So waiting for the disk
 * in a synchronous call does not count.
 */
async function measureLongestHold(work: () => Promise<unknown>): Promise<number> {
  let longestMs = 0
  const working = { isOver: false }
  const watch = async () => {
    while (!working.isOver) {
      const startedAt = performance.now()
      const used = process.cpuUsage()
      await setImmediate()
      const { user, system } = process.cpuUsage(used)
      longestMs = Math.max(longestMs, Math.min(performance.now() - startedAt, (user + system) / 1000))
    }
  }
  const watching = watch()
  try {
    await work()
    // The turn that `work` ended in counts too.
    await setImmediate()
  } finally {
    working.isOver = true
    await watching
  }
  return longestMs
}

/**
 * The least of three measurements, or the first that is within `holdMaxMs`: the processor's other threads (compiler,
 * garbage collector) count too, and a slow turn of theirs does not come three times. `prepare` runs before each and
 * returns what is measured.
 */
export async function leastHold(prepare: () => Promise<() => Promise<unknown>>): Promise<number> {
  let least = Infinity
  for (let attempt = 0; attempt < 3 && least > holdMaxMs; attempt++) {
    least = Math.min(least, await measureLongestHold(await prepare()))
  }
  return least
}

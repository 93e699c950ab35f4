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
 * How many times as long as on the machine that `holdMaxMs` is measured for this one takes for the same work now: 1 or
 * more. Machines of CI are slower, and their neighbours make them slower for some seconds.
 */
function slowness(): number {
  const times = Array.from({ length: 5 }, () => {
    const startedAt = performance.now()
    JSON.parse(sample)
    return performance.now() - startedAt
  })
  return Math.max(1, Math.min(...times) / sampleMs)
}

/** A text as work brings it to the event loop, and how long the machine of docs/benchmarks.md takes to parse it at best. */
const sample = JSON.stringify(Array.from({ length: 10_000 }, (_, at) => ({ name: `layer-${at}`, sizeBytes: at })))
const sampleMs = 2

/**
 * The least of five measurements, or the first that is within `holdMaxMs`, each divided by how slow the machine is then:
 * the processor's other threads (compiler, garbage collector) count too, and a slow turn of theirs does not come five
 * times. `prepare` runs before each and returns what is measured. What work holds the loop for is bounded by this; how
 * long it really takes is measured by `scripts/measure-delays.ts`.
 */
export async function leastHold(prepare: () => Promise<() => Promise<unknown>>): Promise<number> {
  let least = Infinity
  for (let attempt = 0; attempt < 5 && least > holdMaxMs; attempt++) {
    const hold = await measureLongestHold(await prepare())
    least = Math.min(least, hold / slowness())
  }
  return least
}

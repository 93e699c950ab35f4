import type { Operation } from './operations'
import type { Registry } from './registries'

/** One measurement. */
export interface Sample {
  /** Amount per second: bytes where the operation's unit is MB/s. */
  readonly rate: number
  /** CPU time of the registry per amount, in seconds. */
  readonly cpuSeconds: number
  /** Most memory the registry had at once, in MiB. */
  readonly peakMiB: number
  /** How much of its memory at the end were pages of program files, which the kernel shares and can drop, in MiB. */
  readonly fileMiB: number
}

/** Does the operation once and measures the registry meanwhile. What the operation prepares is not measured. */
export async function sampleOf(operation: Operation, registry: Registry): Promise<Sample> {
  const run = await operation.prepare(registry)
  await registry.resetPeak()
  const cpuBefore = await registry.cpuSeconds()
  const { amount, seconds } = await run()
  const cpuSeconds = (await registry.cpuSeconds()) - cpuBefore
  return { rate: amount / seconds, cpuSeconds: cpuSeconds / amount, ...(await registry.memory()) }
}

/**
 * Takes `rounds` samples of each, alternating, and there and back again (A B B A A B …): a machine that gets slower or
 * busier in the course of the run is so to all of them. Answers the samples of each.
 */
export async function interleave<T>(takers: readonly (() => Promise<T>)[], rounds: number): Promise<T[][]> {
  const samples: T[][] = takers.map(() => [])
  for (let round = 0; round < rounds; round++) {
    const order = [...takers.entries()]
    if (round % 2 === 1) order.reverse()
    for (const [index, take] of order) samples[index]?.push(await take())
  }
  return samples
}

/** The middle of the values; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = Math.floor(sorted.length / 2)
  const lower = Math.ceil(sorted.length / 2) - 1
  return ((sorted[lower] ?? NaN) + (sorted[upper] ?? NaN)) / 2
}

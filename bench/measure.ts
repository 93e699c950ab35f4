import type { Operation } from './operations'
import type { Registry } from './registry'

/** One measurement. */
export interface Sample {
  /** Amount per second; the amount is bytes if the operation's unit is MB/s. */
  readonly rate: number
  /** CPU time of the registry per amount, in seconds. */
  readonly cpuSeconds: number
  /** The same without that of its database. */
  readonly ownCpuSeconds: number
  /** CPU time of this process, the client, per amount, in seconds. */
  readonly clientSeconds: number
}

/** Runs the operation once and measures the registry. What comes before and after it is not measured. */
export async function sampleOf(operation: Operation, registry: Registry): Promise<Sample> {
  const run = await operation.prepare(registry)
  const cpuBefore = await registry.cpuSeconds()
  const ownBefore = await registry.ownCpuSeconds()
  const clientBefore = process.cpuUsage()
  const { amount, seconds } = await run()
  const { user, system } = process.cpuUsage(clientBefore)
  const cpuSeconds = (await registry.cpuSeconds()) - cpuBefore
  const ownCpuSeconds = (await registry.ownCpuSeconds()) - ownBefore
  await operation.clear?.(registry)
  return {
    rate: amount / seconds,
    cpuSeconds: cpuSeconds / amount,
    ownCpuSeconds: ownCpuSeconds / amount,
    clientSeconds: (user + system) / 1e6 / amount,
  }
}

/**
 * Takes `rounds` samples of each, alternating in both orders (A B B A A B …), so that a machine that gets slower or
 * busier during the run affects all of them equally. Returns the samples of each.
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

/** The median; for an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = Math.floor(sorted.length / 2)
  const lower = Math.ceil(sorted.length / 2) - 1
  return ((sorted[lower] ?? NaN) + (sorted[upper] ?? NaN)) / 2
}

/** The medians of all samples. */
export function medianSample(samples: readonly Sample[]): Sample {
  return {
    rate: median(samples.map(({ rate }) => rate)),
    cpuSeconds: median(samples.map(({ cpuSeconds }) => cpuSeconds)),
    ownCpuSeconds: median(samples.map(({ ownCpuSeconds }) => ownCpuSeconds)),
    clientSeconds: median(samples.map(({ clientSeconds }) => clientSeconds)),
  }
}

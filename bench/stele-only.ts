import { cpuText, rateText } from './comparison'
import { type Sample, interleave, median, medianSample, sampleOf } from './measure'
import { type Operation, manifestPushes, manifestReadsAs, tagPages, tokenRequests } from './operations'
import type { Registry } from './registry'
import { print, printTable, verdict } from './report'

/** Compares a page from few tags with a page from many: the number of tags must not matter. */
export async function printTagPages(stele: Registry, rounds: number): Promise<void> {
  const operations = [tagPages(100_000), tagPages(100)]
  const samples = await measureAll(operations, stele, rounds)
  printTable(
    [`tags of ${stele.name}`, 'rate', 'CPU'],
    operations.map((operation, index) => row(operation, samples[index] ?? [])),
  )
  const [many, few] = samples.map((ofOne) => medianSample(ofOne).rate)
  const ratio = (few ?? NaN) / (many ?? NaN)
  print(`\nA page from few tags is ${ratio.toFixed(2)} × as fast; target: at most 1.5 ×, ${verdict(ratio <= 1.5)}`)
}

/**
 * The cost of immutability: the same pushes to an immutable repository with 20 exempt patterns, and to a mutable one.
 * It measures many pairs, because the rates within a pair vary more than the expected difference; CPU time varies less.
 */
export async function printCostOfImmutability(stele: Registry, rounds: number): Promise<void> {
  const pairs = rounds * 3
  const [mutable = [], immutable = []] = await measureAll(
    [manifestPushes('bench'), manifestPushes('frozen')],
    stele,
    pairs,
  )
  const slower = median(mutable.map(({ rate }, pair) => rate / (immutable[pair]?.rate ?? NaN))) - 1
  const dearer = addedCpu(immutable, mutable)
  print(
    `\nA manifest PUT into an immutable repository with 20 exempt patterns took ${percent(slower)} more time and ` +
      `${percent(dearer)} more CPU (${pairs} pairs); target: under 5 %, ${verdict(slower < 0.05)}`,
  )
}

/**
 * The cost of authentication without password hashing (a verified secret is cached): the same requests with and without
 * credentials. CPU time is more meaningful than the rate, because client and server share the cores.
 */
export async function printCostOfAccess(stele: Registry, rounds: number): Promise<void> {
  const rows: string[][] = []
  for (const operations of [
    (['anonymous', 'Bearer', 'Basic'] as const).map(manifestReadsAs),
    (['anonymous', 'Basic'] as const).map(tokenRequests),
  ]) {
    const samples = await measureAll(operations, stele, rounds)
    for (const [index, operation] of operations.entries()) {
      const own = samples[index] ?? []
      const dearer = index === 0 ? '' : percent(addedCpu(own, samples[0] ?? []))
      const cpu = medianSample(own).cpuSeconds
      const isToken = operation.name.startsWith('token')
      rows.push([...row(operation, own), dearer, isToken ? `under 0.2 ms of CPU, ${verdict(cpu < 0.0002)}` : ''])
    }
  }
  printTable([`access to ${stele.name}`, 'rate', 'CPU', 'additional CPU', 'target'], rows)
}

function measureAll(operations: readonly Operation[], stele: Registry, rounds: number): Promise<Sample[][]> {
  return interleave(
    operations.map((operation) => () => sampleOf(operation, stele)),
    rounds,
  )
}

function addedCpu(samples: readonly Sample[], base: readonly Sample[]): number {
  return median(samples.map(({ cpuSeconds }, round) => cpuSeconds / (base[round]?.cpuSeconds ?? NaN))) - 1
}

function row(operation: Operation, samples: readonly Sample[]): string[] {
  const { rate, cpuSeconds } = medianSample(samples)
  return [operation.name, rateText(operation, rate), cpuText(operation, cpuSeconds)]
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

import { cpus } from 'node:os'
import { type Operation, manifestPushes, operations } from './operations'
import { type Registry, startDistribution, startStele } from './registries'

/** How often each operation is measured on each registry, alternating. The median counts. */
const rounds = Number(process.argv[2] ?? 3)

const stele = await startStele()
const distribution = await startDistribution()
try {
  print(`${cpus().length} × ${cpus()[0]?.model}, Node.js ${process.versions.node}, ${rounds} rounds`)
  if (distribution === null) print('docker-registry is not installed: nothing to compare with')
  print('')
  print(row('operation', 'Stele', 'Distribution', 'ratio', 'target', 'CPU Stele', 'CPU Distribution'))
  print(row('---', '---:', '---:', '---:', '---:', '---:', '---:'))
  for (const operation of operations) await compare(operation)
  await immutabilityCost()
  for (const registry of [stele, distribution]) {
    if (registry !== null)
      print(`\nPeak memory of ${registry.name}: ${(await registry.peakMemoryMiB()).toFixed(0)} MiB`)
  }
} finally {
  await stele.stop()
  await distribution?.stop()
}

async function compare(operation: Operation): Promise<void> {
  const ours: Sample[] = []
  const theirs: Sample[] = []
  for (let round = 0; round < rounds; round++) {
    ours.push(await sample(operation, stele))
    if (distribution !== null) theirs.push(await sample(operation, distribution))
  }
  const rate = (samples: Sample[]) => median(samples.map((one) => one.rate))
  const cpu = (samples: Sample[]) => median(samples.map((one) => one.cpuSeconds))
  const text = (value: number) => `${value.toFixed(0)} ${operation.unit}`
  print(
    row(
      operation.name,
      text(rate(ours)),
      theirs.length === 0 ? '' : text(rate(theirs)),
      theirs.length === 0 ? '' : `${(rate(ours) / rate(theirs)).toFixed(2)} ×`,
      `${operation.target} ×`,
      `${cpu(ours).toFixed(2)} s`,
      theirs.length === 0 ? '' : `${cpu(theirs).toFixed(2)} s`,
    ),
  )
}

/** What it costs that the repository is immutable: the same pushes into one that is and one that is not. */
async function immutabilityCost(): Promise<void> {
  const mutable = manifestPushes('mutable', 1)
  const immutable = manifestPushes('immutable', 1, 'frozen')
  const ratios: number[] = []
  for (let round = 0; round < rounds; round++) {
    const { rate } = await sample(mutable, stele)
    ratios.push((await sample(immutable, stele)).rate / rate)
  }
  print(`\nPushes into an immutable repository: ${median(ratios).toFixed(2)} × those into a mutable one`)
}

interface Sample {
  readonly rate: number
  /** CPU time of the whole measurement, its preparation included. */
  readonly cpuSeconds: number
}

async function sample(operation: Operation, registry: Registry): Promise<Sample> {
  const before = await registry.cpuSeconds()
  const rate = await operation.measure(registry)
  return { rate, cpuSeconds: (await registry.cpuSeconds()) - before }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}

function row(...cells: string[]): string {
  return `| ${cells.join(' | ')} |`
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

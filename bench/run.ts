import { cpus, release, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { type Sample, interleave, median, sampleOf } from './measure'
import {
  type Operation,
  blobHeads,
  download,
  manifestPushes,
  manifestReads,
  manifestReadsAs,
  tagPages,
  tokenRequests,
  upload,
} from './operations'
import { startDistribution, startStele } from './registries'
import { hasSpace, warmMemory } from './machine'

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, only: { type: 'string', default: '' } },
})

/** How often each operation is measured on each registry, alternating. The median is used. */
const rounds = Number(options.rounds)

const gibibyte = 1024 ** 3

/** The operations with the target ratio of Stele to Distribution (the design's table "Speed"). */
const sideBySide: readonly { readonly operation: Operation; readonly target: number }[] = [
  { operation: upload(1, 256), target: 1 },
  { operation: upload(4, 64), target: 1 },
  { operation: download(1, 1024), target: 1 },
  { operation: download(4, 256), target: 1 },
  { operation: download(16, 64), target: 1 },
  { operation: manifestReads('tag'), target: 8 },
  { operation: manifestReads('digest'), target: 8 },
  { operation: blobHeads, target: 5 },
  { operation: manifestPushes(), target: 2 },
]

warmMemory()
const stele = await startStele()
const distribution = await startDistribution()
try {
  print(`${cpus().length} × ${cpus()[0]?.model}, ${gibText(totalmem())}, Linux ${release()}`)
  print(`Stele on Node.js ${process.versions.node}; ${distribution?.version ?? 'docker-registry is not installed'}`)
  print(`${rounds} rounds, medians`)
  await compareWithDistribution()
  await compareTagPages()
  await measureImmutability()
  await measureAccess()
  await measurePeakMemory()
} finally {
  await stele.stop()
  await distribution?.stop()
}

async function compareWithDistribution(): Promise<void> {
  const chosen = sideBySide.filter(({ operation }) => isChosen(operation.name))
  if (chosen.length === 0) return
  printHead('operation', 'Stele', 'Distribution', 'ratio', 'target', 'CPU of Stele', 'CPU of Distribution')
  for (const { operation, target } of chosen) {
    const takers = [stele, ...(distribution === null ? [] : [distribution])]
    const [ours = [], theirs = []] = await interleave(
      takers.map((registry) => () => sampleOf(operation, registry)),
      rounds,
    )
    const ratio = rateOf(ours) / rateOf(theirs)
    printRow(
      operation.name,
      rateText(operation, ours),
      rateText(operation, theirs),
      theirs.length === 0 ? '' : `${ratio.toFixed(2)} ×`,
      targetText(`${target} ×`, theirs.length === 0 ? null : ratio >= target),
      cpuText(operation, ours),
      cpuText(operation, theirs),
    )
  }
}

/** Compares a page from few tags with a page from many: the number of tags must not matter. */
async function compareTagPages(): Promise<void> {
  const many = tagPages(100_000)
  const few = tagPages(100)
  if (!isChosen(many.name)) return
  const [ofMany = [], ofFew = []] = await interleave(
    [many, few].map((operation) => () => sampleOf(operation, stele)),
    rounds,
  )
  const ratio = rateOf(ofFew) / rateOf(ofMany)
  printHead('Stele only', 'rate', 'CPU')
  printRow(many.name, rateText(many, ofMany), cpuText(many, ofMany))
  printRow(few.name, rateText(few, ofFew), cpuText(few, ofFew))
  print(`\nA page from few tags is ${ratio.toFixed(2)} × as fast; target: ${targetText('at most 1.5 ×', ratio <= 1.5)}`)
}

/**
 * The cost of immutability: the same pushes to an immutable repository with 20 exempt patterns, and to a mutable one.
 * It measures many pairs, because the rates within a pair vary more than the expected difference; CPU time varies less.
 */
async function measureImmutability(): Promise<void> {
  const name = 'immutability of a manifest PUT'
  if (!isChosen(name)) return
  const [mutable = [], immutable = []] = await interleave(
    [manifestPushes('bench'), manifestPushes('frozen')].map((operation) => () => sampleOf(operation, stele)),
    rounds * 3,
  )
  const slower = median(mutable.map(({ rate }, pair) => rate / (immutable[pair]?.rate ?? NaN))) - 1
  const dearer = median(immutable.map(({ cpuSeconds }, pair) => cpuSeconds / (mutable[pair]?.cpuSeconds ?? NaN))) - 1
  print(
    `\nA manifest PUT into an immutable repository with 20 exempt patterns took ${percent(slower)} more time and ${percent(dearer)} more CPU ` +
      `(${rounds * 3} pairs); target: ${targetText('under 5 %', slower < 0.05)}`,
  )
}

/**
 * The cost of authentication without password hashing (a verified secret is cached): the same requests with and without
 * credentials. CPU time is more meaningful than the rate, because client and server share the cores.
 */
async function measureAccess(): Promise<void> {
  const name = 'access: manifest GET and token'
  if (!isChosen(name)) return
  const groups = [
    (['anonymous', 'Bearer', 'Basic'] as const).map(manifestReadsAs),
    (['anonymous', 'Basic'] as const).map(tokenRequests),
  ]
  printHead('Stele only', 'rate', 'CPU', 'additional CPU', 'target')
  for (const operations of groups) {
    const samples = await interleave(
      operations.map((operation) => () => sampleOf(operation, stele)),
      rounds,
    )
    for (const [index, operation] of operations.entries()) {
      const [own = [], base = []] = [samples[index], samples[0]]
      const dearer = median(own.map(({ cpuSeconds }, round) => cpuSeconds / (base[round]?.cpuSeconds ?? NaN))) - 1
      const verdict = index === 0 ? '' : targetText('at most 15 %', dearer <= 0.15)
      printRow(
        operation.name,
        rateText(operation, own),
        cpuText(operation, own),
        index === 0 ? '' : percent(dearer),
        verdict,
      )
    }
  }
}

/**
 * Peak memory while sixteen large blobs are pushed in parallel; one round, because it varies little and writes much.
 */
async function measurePeakMemory(): Promise<void> {
  const operation = upload(16, 1024)
  if (!isChosen(operation.name)) return
  printHead(operation.name, 'rate', 'CPU', 'peak memory', 'program files in it', 'target')
  for (const registry of [stele, ...(distribution === null ? [] : [distribution])]) {
    if (!(await hasSpace(20 * gibibyte))) {
      print('not measured: it needs 20 GiB of free space')
      return
    }
    const sample = await sampleOf(operation, registry)
    printRow(
      registry.name,
      rateText(operation, [sample]),
      cpuText(operation, [sample]),
      `${sample.peakMiB.toFixed(0)} MiB`,
      `${sample.fileMiB.toFixed(0)} MiB`,
      registry === stele ? targetText('under 300 MiB', sample.peakMiB < 300) : '',
    )
  }
}

/** Whether `--only` selects the operation, by a part of its name. */
function isChosen(name: string): boolean {
  return name.toLowerCase().includes(options.only.toLowerCase())
}

function rateOf(samples: readonly Sample[]): number {
  return median(samples.map(({ rate }) => rate))
}

function rateText({ unit }: Operation, samples: readonly Sample[]): string {
  if (samples.length === 0) return ''
  return `${(unit === 'MB/s' ? rateOf(samples) / 1e6 : rateOf(samples)).toFixed(0)} ${unit}`
}

function cpuText({ unit }: Operation, samples: readonly Sample[]): string {
  if (samples.length === 0) return ''
  const cpu = median(samples.map(({ cpuSeconds }) => cpuSeconds))
  return unit === 'MB/s' ? `${(cpu * gibibyte).toFixed(2)} s/GiB` : `${(cpu * 1000).toFixed(2)} ms each`
}

function targetText(target: string, isMet: boolean | null): string {
  return isMet === null ? target : `${target}, ${isMet ? 'met' : '**missed**'}`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function gibText(bytes: number): string {
  return `${(bytes / gibibyte).toFixed(0)} GiB of memory`
}

function printHead(...cells: string[]): void {
  print('')
  printRow(...cells)
  printRow(...cells.map((_, index) => (index === 0 ? '---' : '---:')))
}

function printRow(...cells: string[]): void {
  print(`| ${cells.join(' | ')} |`)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

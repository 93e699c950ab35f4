import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { bundleOf, readEntries, tilePath, tileWidth } from '@/lib/domain/transparency/tiles'
import { interleave, median, sampleOf } from './measure'
import { type Operation, manifestPushes, pushAtRate, repeated } from './operations'
import type { Registry } from './registry'
import { numberText, print, printTable, verdict } from './report'
import { type SteleOptions, startStele } from './stele'

const root = join(import.meta.dirname, '..')

/** How long after its pushes a sample waits, in milliseconds: the log takes what happened every half second. */
const settleMs = 1500

/** How many pushes a second, and for how long, while the log's delay is measured. */
const rate = 500
const rateSeconds = 20

/** How often the checkpoint is looked at meanwhile, in milliseconds. */
const lookMs = 50

/** The cost of the transparency log for pushes, how late its leaves are, and what it costs to read. */
export async function printCostOfLog(options: Omit<SteleOptions, 'store'>, rounds: number): Promise<void> {
  const program = await buildWithoutLog()
  const registries: Registry[] = []
  try {
    registries.push(await startStele({ ...options, store: null }))
    registries.push(await startStele({ ...options, store: null, variant: { program, name: 'without the log' } }))
    const [withLog, without] = registries as [Registry, Registry]
    await printCostOfPushes(withLog, without, rounds)
    await printDelay(withLog)
    await printCostOfReads(withLog, rounds)
  } finally {
    for (const registry of registries) await registry.stop()
    await rm(variantFolder, { recursive: true, force: true })
  }
}

async function printCostOfPushes(withLog: Registry, without: Registry, rounds: number): Promise<void> {
  const pushes = settled(manifestPushes())
  const pairs = rounds * 3
  const [own = [], base = []] = await interleave(
    [withLog, without].map((registry) => () => sampleOf(pushes, registry)),
    pairs,
  )
  const added = (of: 'cpuSeconds' | 'ownCpuSeconds') =>
    median(own.map((sample, pair) => sample[of] / (base[pair]?.[of] ?? NaN))) - 1
  const row = (name: string, of: 'cpuSeconds' | 'ownCpuSeconds') => [
    name,
    ...[own, base].map((samples) => `${numberText(median(samples.map((sample) => sample[of])) * 1000)} ms`),
    `${(added(of) * 100).toFixed(1)} %`,
  ]
  printTable(
    [`CPU of a manifest PUT, ${withLog.name}`, 'with the log', 'without', `added (median of ${pairs} pairs)`],
    [
      row('all processes', 'cpuSeconds'),
      ...(withLog.hasDatabase ? [row('without the database', 'ownCpuSeconds')] : []),
    ],
  )
  print(
    `\nThe log adds ${(added('cpuSeconds') * 100).toFixed(1)} %; target: under 5 %, ${verdict(added('cpuSeconds') < 0.05)}`,
  )
}

/** The operation, with what the server does after its answers. */
function settled(operation: Operation): Operation {
  return {
    ...operation,
    async prepare(registry) {
      const run = await operation.prepare(registry)
      return async () => {
        const work = await run()
        await setTimeout(settleMs)
        return work
      }
    },
  }
}

async function printDelay(registry: Registry): Promise<void> {
  const first = await sizeOfLog(registry)
  const looks: { readonly size: number; readonly at: number }[] = []
  const done = new AbortController()
  const looking = (async () => {
    while (!done.signal.aborted) {
      looks.push({ size: await sizeOfLog(registry), at: Date.now() })
      await setTimeout(lookMs)
    }
  })()
  const reached = await pushAtRate(registry, rate, rateSeconds)
  // The last leaves: two for the repository, and one for each push.
  for (const end = Date.now() + 60_000; Date.now() < end && (looks.at(-1)?.size ?? 0) < first + rate * rateSeconds;) {
    await setTimeout(lookMs)
  }
  done.abort()
  await looking
  const times = await timesOfLeaves(registry, first, looks.at(-1)?.size ?? 0)
  let at = 0
  const delays = times.map((time, index) => {
    while ((looks[at]?.size ?? Infinity) <= first + index) at += 1
    return ((looks[at]?.at ?? NaN) - time) / 1000
  })
  const sorted = delays.sort((a, b) => a - b)
  const percentile = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
  const [p50, p99, max] = [percentile(0.5), percentile(0.99), percentile(1)]
  print(
    `\nAt ${numberText(reached)} pushes a second (${rate} were asked for) for ${rateSeconds} s, ${sorted.length} leaves were in a ` +
      `checkpoint after ${p50.toFixed(2)} s (median), ${p99.toFixed(2)} s (p99), ${max.toFixed(2)} s (longest); target: ` +
      `under 2 s, ${verdict(max < 2)}`,
  )
}

async function printCostOfReads(registry: Registry, rounds: number): Promise<void> {
  const paths = ['checkpoint', 'tile/0/000', 'tile/entries/000']
  const samples = await interleave(
    paths.map((path) => () => sampleOf(logRead(path), registry)),
    rounds,
  )
  printTable(
    [`GET of a public log, 16 connections, ${registry.name}`, 'rate', 'CPU'],
    paths.map((path, index) => [
      path,
      `${numberText(median((samples[index] ?? []).map(({ rate: requests }) => requests)))} requests/s`,
      `${numberText(median((samples[index] ?? []).map(({ cpuSeconds }) => cpuSeconds)) * 1000)} ms`,
    ]),
  )
}

function logRead(path: string): Operation {
  return {
    name: path,
    unit: 'requests/s',
    prepare: (registry) => Promise.resolve(repeated({ ...registry, headers: {} }, 'GET', `/log/example/${path}`)),
  }
}

async function sizeOfLog(registry: Registry): Promise<number> {
  const [, size] = (await read(registry, 'checkpoint')).toString().split('\n')
  return Number(size)
}

/** When what the leaves tell happened, by the server's clock, which is this machine's. */
async function timesOfLeaves(registry: Registry, first: number, size: number): Promise<number[]> {
  const times: number[] = []
  for (let index = Math.floor(first / tileWidth); index * tileWidth < size; index++) {
    const bundle = bundleOf(size, index)
    if (bundle === null) break
    const leaves = readEntries(await read(registry, tilePath(bundle))) ?? []
    for (const [at, leaf] of leaves.entries()) {
      if (index * tileWidth + at < first) continue
      times.push(Date.parse((JSON.parse(Buffer.from(leaf).toString()) as { time: string }).time))
    }
  }
  return times
}

async function read({ port }: Registry, path: string): Promise<Buffer> {
  const answer = await fetch(`http://127.0.0.1:${port}/log/example/${path}`)
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  return Buffer.from(await answer.arrayBuffer())
}

/** Packages are found from here. */
const variantFolder = join(root, 'node_modules', '.cache', 'stele-bench-without-log')

/** The built server without the job that fills the logs; returns its program. */
async function buildWithoutLog(): Promise<string> {
  await rm(variantFolder, { recursive: true, force: true })
  await mkdir(variantFolder, { recursive: true })
  await cp(join(root, 'dist'), variantFolder, { recursive: true })
  const parts = join(variantFolder, 'parts')
  let changed = 0
  for (const name of (await readdir(parts)).filter((file) => file.endsWith('.mjs'))) {
    const text = await readFile(join(parts, name), 'utf8')
    const without = text.replace(/\btransparencyJob\(\),/, '')
    if (without === text) continue
    changed += 1
    await writeFile(join(parts, name), without)
  }
  if (changed !== 1)
    throw new Error(`the job of the logs is in ${changed} files of dist/parts: build first (npm run build)`)
  return join(variantFolder, 'server.mjs')
}

import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { bundleOf, readEntries, tilePath, tileWidth } from '@/lib/domain/transparency/tiles'
import { type Sample, interleave, median, sampleOf } from './measure'
import { type Operation, manifestPushes, pushAtRate, repeated } from './operations'
import type { Registry } from './registry'
import { numberText, print, printTable, verdict } from './report'
import { type SteleOptions, startStele } from './stele'

const root = join(import.meta.dirname, '..')

/** How long after its pushes a sample waits, in milliseconds: the log takes what happened every half second. */
const settleMs = 1500

/** How many tags a second are pushed, and for how long, while the log's delay is measured. */
const rate = 500
const rateSeconds = 20

/** Tags of one push: where a push of each does not reach the rate on the machine, the log gets as many leaves by pushes of four. */
const tagsOfPush = [1, 4]

/** How often the checkpoint is looked at meanwhile, in milliseconds. */
const lookMs = 50

/** The cost of the transparency log for pushes, how late its leaves are, and what it costs to read. */
export async function printCostOfLog(options: Omit<SteleOptions, 'store'>, rounds: number): Promise<void> {
  const registries: Registry[] = []
  const start = async (variant?: SteleOptions['variant']) => {
    const registry = await startStele({ ...options, store: null, ...(variant && { variant }) })
    registries.push(registry)
    return registry
  }
  try {
    const withLog = await start()
    const withRow = await start({ program: await buildWithout('job', [job]), name: 'without the job' })
    const without = await start({ program: await buildWithout('log', [job, row]), name: 'without the log' })
    await printCostOfPushes([withLog, withRow, without], rounds)
    for (const tags of tagsOfPush) await printDelay(withLog, tags)
    await printCostOfReads(withLog, rounds)
  } finally {
    for (const registry of registries) await registry.stop()
    await rm(variants, { recursive: true, force: true })
  }
}

/** The registries: with the log; with its row in the outbox alone; with neither. */
async function printCostOfPushes(registries: readonly [Registry, Registry, Registry], rounds: number): Promise<void> {
  const pushes = settled(manifestPushes())
  const turns = rounds * 3
  const [whole = [], row = [], none = []] = await interleave(
    registries.map((registry) => () => sampleOf(pushes, registry)),
    turns,
  )
  const cpu = (samples: readonly Sample[], of: 'cpuSeconds' | 'ownCpuSeconds') => median(samples.map((one) => one[of]))
  const share = (samples: readonly Sample[], of: 'cpuSeconds' | 'ownCpuSeconds') => cpu(samples, of) / cpu(none, of) - 1
  const percent = (value: number) => `${(value * 100).toFixed(1)} %`
  const line = (name: string, of: 'cpuSeconds' | 'ownCpuSeconds') => [
    name,
    ...[whole, row, none].map((samples) => `${numberText(cpu(samples, of) * 1000)} ms`),
    percent(share(row, of)),
    percent(share(whole, of)),
  ]
  const [{ name, hasDatabase }] = registries
  printTable(
    [
      ...[`CPU of a manifest PUT, ${name}`, 'with the log', 'with its row in the outbox', 'without'],
      ...['the row adds', `the row and the job add (medians of ${turns} turns)`],
    ],
    [line('all processes', 'cpuSeconds'), ...(hasDatabase ? [line('without the database', 'ownCpuSeconds')] : [])],
  )
  print(
    `\nA push waits for the row, which adds ${percent(share(row, 'cpuSeconds'))}; target: under 5 %, ` +
      `${verdict(share(row, 'cpuSeconds') < 0.05)}. With the job that makes a leaf of it, after the answer: ` +
      `${percent(share(whole, 'cpuSeconds'))}.`,
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

async function printDelay(registry: Registry, tags: number): Promise<void> {
  const first = await sizeOfLog(registry)
  const looks: { readonly size: number; readonly at: number }[] = []
  const done = new AbortController()
  const looking = (async () => {
    while (!done.signal.aborted) {
      looks.push({ size: await sizeOfLog(registry), at: Date.now() })
      await setTimeout(lookMs)
    }
  })()
  const reached = await pushAtRate(registry, { rate, seconds: rateSeconds, tags })
  // The last leaves: two for the repository, and one for each tag.
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
    `\nAt ${numberText(reached)} tags a second (${rate} were asked for, ${tags} in a push) for ${rateSeconds} s, ${sorted.length} leaves were in a ` +
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
const variants = join(root, 'node_modules', '.cache', 'stele-bench-log')

/** What one of the parts of the built server has, and what stands there without it. */
interface Piece {
  readonly what: string
  readonly replacements: readonly (readonly [text: RegExp, by: string])[]
}

const job: Piece = { what: 'the job of the logs', replacements: [[/\btransparencyJob\(\),/, '']] }

/** The row of an entry of the ledger: a statement of its own on SQLite, the end of one on PostgreSQL. */
const row: Piece = {
  what: 'the row of the outbox',
  replacements: [
    [/await tx\.\$executeRaw`\s+INSERT INTO "OutboxEvent" [^`]*VALUES \('TAG'[^`]*`/, ''],
    [/"createdAt" FROM entry`/, '"createdAt" FROM entry WHERE FALSE`'],
  ],
}

/** The built server without these pieces; returns its program. */
async function buildWithout(name: string, pieces: readonly Piece[]): Promise<string> {
  const folder = join(variants, name)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await cp(join(root, 'dist'), folder, { recursive: true })
  const parts = join(folder, 'parts')
  for (const { what, replacements } of pieces) {
    const changed = new Set<RegExp>()
    for (const file of (await readdir(parts)).filter((each) => each.endsWith('.mjs'))) {
      let source = await readFile(join(parts, file), 'utf8')
      for (const [text, by] of replacements.filter(([text]) => text.test(source))) {
        source = source.replace(text, by)
        changed.add(text)
        await writeFile(join(parts, file), source)
      }
    }
    if (changed.size !== replacements.length)
      throw new Error(`${what} is not in dist/parts: build first (npm run build)`)
  }
  return join(folder, 'server.mjs')
}

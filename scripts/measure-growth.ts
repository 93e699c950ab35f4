/**
 * `node --import tsx scripts/measure-growth.ts <database> …` measures how the cost of requests grows, on databases of
 * scripts/big-database.ts, each a folder or an address, the smallest first: for each kind of request the CPU time in
 * milliseconds that the server and PostgreSQL need for it, how the last database compares to the first, and what one of
 * ten times its size needs when the growth between the last two goes on.
 *
 *     --reads             the reads of lib/testing/hot-reads.ts instead, without a server: their median time
 *     --only <text>       kinds whose names hold it
 *     --server <folder>   the checkout whose server runs, built; default: this one
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openDatabase } from '@/lib/metadata/engine/open-database'
import { boundedReads, hotReads } from '@/lib/testing/hot-reads'
import { findTarget } from './lib/fill-database'
import { findMeasuredTarget, listRequests } from './lib/measured-requests'
import { MeasuredServer, removeUsers } from './lib/measured-server'

const { values: options, positionals: databases } = parseArgs({
  allowPositionals: true,
  options: {
    reads: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    server: { type: 'string', default: resolve(import.meta.dirname, '..') },
  },
})

/** How often a kind is measured in one database. */
const rounds = 15

/** How often the server is started. */
const starts = 3

/** By kind, what it costs in each database. */
const costs = new Map<string, number[]>()
for (const database of databases) await (options.reads ? measureReads(database) : measureRequests(database))
console.log(`| request | ${databases.map(() => 'ms |').join(' ')} growth | ten times as much, ms |`)
console.log(`| --- | ${databases.map(() => '---: |').join(' ')} ---: | ---: |`)
for (const [name, of] of costs) {
  const [first = 0, before = 0, last = 0] = [of[0], of.at(-2), of.at(-1)]
  const more = last * Math.max(1, last / before)
  console.log(
    `| ${name} | ${[...of, last / first].map((cost) => cost.toFixed(2)).join(' | ')} × | ${more.toFixed(1)} |`,
  )
}

function note(name: string, cost: number): void {
  costs.set(name, [...(costs.get(name) ?? []), cost])
}

async function measureRequests(database: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'stele-growth-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const location = isAddress(database) ? { folder, url: database } : { folder: database }
  const open = () => MeasuredServer.start({ ...location, processes: 1, checkout: options.server })
  if (isAddress(database)) await removeUsers(database)
  // The first start of a database makes the administrator.
  await (await open()).stop()
  let server = await open()
  const startTimes = [{ time: server.startMs, cpu: await server.readCpuMs() }]
  while (startTimes.length < starts) {
    await server.stop()
    server = await open()
    startTimes.push({ time: server.startMs, cpu: await server.readCpuMs() })
  }
  note('start, time', median(startTimes.map(({ time }) => time)))
  note('start, CPU', median(startTimes.map(({ cpu }) => cpu)))
  const target = await findMeasuredTarget(server)
  const token = await server.bearer(target.path)
  for (const [name, send] of Object.entries(listRequests(server, target, () => Promise.resolve(token)))) {
    if (!name.includes(options.only)) continue
    for (let round = 0; round < 3; round += 1) await send()
    const before = await server.readCpuMs()
    for (let round = 0; round < rounds; round += 1) await send()
    note(name, ((await server.readCpuMs()) - before) / rounds)
  }
  await server.stop()
}

async function measureReads(database: string): Promise<void> {
  const db = await openDatabase(
    isAddress(database)
      ? { provider: 'postgresql', url: database }
      : { provider: 'sqlite', file: join(database, 'stele.db') },
  )
  const target = await findTarget(db)
  for (const [name, read] of Object.entries({ ...hotReads, ...boundedReads })) {
    if (!name.includes(options.only)) continue
    const took: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const start = performance.now()
      await read(db, target)
      took.push(performance.now() - start)
    }
    note(name, median(took))
  }
  await db.close()
}

function isAddress(database: string): boolean {
  return database.startsWith('postgresql:')
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}

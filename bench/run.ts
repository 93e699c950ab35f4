import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { printBigDatabase } from './big'
import { Comparison } from './comparison'
import { printMemoryAtRest, printMemoryOfUploads, printMemoryOverTime } from './memory'
import { type Operation, blobHeads, download, manifestPushes, manifestReads, upload } from './operations'
import { startPeers } from './peers'
import { RealClients } from './real-clients'
import type { Registry } from './registry'
import { print } from './report'
import { startStele, stopDatabases } from './stele'
import { printCostOfAccess, printCostOfImmutability, printTagPages } from './stele-only'
import { Store } from './store'
import { printTargets } from './targets'
import { printCostOfLog } from './log'
import { warmMemory } from './machine'

const usualProcesses = String(Math.min(availableParallelism(), 4))

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    processes: { type: 'string', default: usualProcesses },
    servers: { type: 'string', default: '1' },
    database: { type: 'string', default: 'sqlite' },
    storage: { type: 'string', default: 'filesystem' },
    data: { type: 'string', default: '' },
    unsynced: { type: 'string', default: '' },
    minutes: { type: 'string', default: '0' },
    distribution2: { type: 'string', default: process.env['BENCH_DISTRIBUTION2'] ?? 'docker-registry' },
    distribution3: { type: 'string', default: process.env['BENCH_DISTRIBUTION3'] ?? '' },
    zot: { type: 'string', default: process.env['BENCH_ZOT'] ?? 'zot' },
  },
})

/** How often each operation is measured on each registry, in turns. The medians are compared. */
const rounds = Number(options.rounds)
const chosen = options.only.toLowerCase().split(',')

printMachine()
warmMemory()
if (options.only === 'log') await printCostsOfLog()
else if (options.data === '' || options.only !== '') await compare()
if (options.data !== '') await printBigDatabase(options.data === 'big' ? null : options.data)

async function compare(): Promise<void> {
  const registries: Registry[] = []
  const clients = await RealClients.create()
  if (options.storage !== 'filesystem' && options.storage !== 's3')
    throw new Error(`--storage ${options.storage}: filesystem, s3`)
  const store = options.storage === 's3' ? await Store.start() : null
  try {
    const [processNumbers, serverNumbers] = [numbersOf(options.processes), numbersOf(options.servers)]
    for (const database of options.database.split(',')) {
      if (database !== 'sqlite' && database !== 'postgresql') throw unknownDatabase(database)
      if (database === 'sqlite' && Math.max(...serverNumbers) > 1)
        throw new Error('--servers needs --database postgresql')
      for (const servers of serverNumbers)
        for (const processes of processNumbers)
          registries.push(await startStele({ servers, processes, database, store }))
    }
    if (options.unsynced !== '') {
      const variant = { name: 'never synced', environment: { LD_PRELOAD: options.unsynced } }
      const processes = processNumbers.at(-1) ?? 1
      registries.push(await startStele({ servers: 1, processes, database: 'sqlite', store, variant }))
    }
    // The targets are for the last number of servers and of processes on the first database.
    const subject = registries[serverNumbers.length * processNumbers.length - 1] as Registry
    const programs = { ...options, distribution3: options.distribution3 === '' ? undefined : options.distribution3 }
    registries.push(...(await startPeers(programs, store)))
    for (const { name, version } of registries) print(`* ${name}: ${version}`)
    print(`\n${rounds} rounds in turns, medians.`)
    if (isChosen('memory at rest')) await printMemoryAtRest(registries)
    await compareOperations(registries, subject, clients)
    if (isChosen('tags')) await printTagPages(subject, rounds)
    if (isChosen('immutability')) await printCostOfImmutability(subject, rounds)
    if (isChosen('access')) await printCostOfAccess(subject, rounds)
    if (Number(options.minutes) > 0) await printMemoryOverTime(subject, Number(options.minutes))
    if (isChosen('memory of uploads'))
      // Last, because it stops them.
      await printMemoryOfUploads(registries.filter((one) => one === subject || one.kind !== 'stele'))
  } finally {
    for (const registry of registries) await registry.stop()
    await stopDatabases()
    await store?.stop()
    await clients.dispose()
  }
}

async function printCostsOfLog(): Promise<void> {
  try {
    for (const database of options.database.split(',')) {
      for (const processes of options.processes.split(',').map(Number)) {
        if (database !== 'sqlite' && database !== 'postgresql') throw unknownDatabase(database)
        await printCostOfLog({ servers: 1, processes, database }, rounds)
      }
    }
  } finally {
    await stopDatabases()
  }
}

function unknownDatabase(name: string): Error {
  return new Error(`--database ${name}: sqlite, postgresql`)
}

async function compareOperations(registries: readonly Registry[], subject: Registry, clients: RealClients) {
  const real = await clients.operations()
  const operations: Operation[] = [
    manifestReads('tag'),
    manifestReads('digest'),
    blobHeads,
    manifestPushes(),
    upload(1, 256),
    upload(4, 64),
    download(1, 1024),
    download(4, 256),
    download(16, 64),
    ...real.operations,
  ].filter(({ name }) => isChosen(name))
  const comparison = new Comparison(registries)
  for (const operation of operations) await comparison.measure(operation, rounds)
  comparison.print()
  const names = operations.map(({ name }) => name)
  printTargets(comparison, subject, names)
  for (const name of real.missing) print(`\nNot measured, because it is not installed: ${name}`)
}

function numbersOf(list: string): number[] {
  return list.split(',').map(Number)
}

function printMachine(): void {
  const memory = `${(totalmem() / 1024 ** 3).toFixed(0)} GiB of memory`
  print(
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model}, ${memory}, Linux ${release()}`,
  )
  print(`\n    npm run bench -- ${process.argv.slice(2).join(' ')}\n`)
}

/** Whether `--only` selects what has this name: by a part of it, or of several parts with commas between. */
function isChosen(name: string): boolean {
  return chosen.some((part) => name.toLowerCase().includes(part))
}

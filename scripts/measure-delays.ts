/**
 * `node --import tsx scripts/measure-delays.ts --dir <folder>` measures how long a pull waits for other work: for each
 * kind of request and job, the longest delay of manifest GETs that are sent every 2 ms meanwhile, on as many connections
 * as the server has processes, and the longest turn of an event loop of the server: time that a process's main thread used
 * or waited for the disk, without its waits for a processor, and the most CPU time of one turn. On a busy machine only that
 * tells much.
 *
 *     --dir <folder>      what `scripts/big-database.ts` made; the last kinds delete from it, so give a copy
 *     --url <address>     of what it made in PostgreSQL; the folder is then the server's, and may be empty
 *     --processes <n>     STELE_PROCESSES; default: 1
 *     --server <folder>   the checkout whose server runs, built; default: this one
 *     --only <pattern>    kinds whose names match it
 */
import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { findMeasuredTarget, listLongRequests, listRequests, policyChange } from './lib/measured-requests'
import { type Answer, MeasuredServer, removeUsers } from './lib/measured-server'

const { values: options } = parseArgs({
  options: {
    dir: { type: 'string' },
    url: { type: 'string' },
    processes: { type: 'string', default: '1' },
    server: { type: 'string', default: resolve(import.meta.dirname, '..') },
    only: { type: 'string', default: '' },
  },
})

/** How long a job is watched at most, in milliseconds. */
const watchMs = 20_000

/** How often a kind of request is sent; the worst counts. */
const rounds = 2

/** How long a token is used, in milliseconds: less than it is valid. */
const tokenMs = 60_000

/**
 * GETs a manifest every 2 ms on one connection, on a thread of its own: large answers to other requests must not delay
 * it here. A message takes the results, and brings what to pull from then on, with a token for it.
 */
const puller = `
  const { parentPort, workerData: { options } } = require('node:worker_threads')
  const { Agent, request } = require('node:http')
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let path, authorization, worst = 0, count = 0, failed = 0
  const pull = () => {
    const startedAt = performance.now()
    const next = (isGood) => {
      const took = performance.now() - startedAt
      worst = Math.max(worst, took)
      count += 1
      if (!isGood) failed += 1
      setTimeout(pull, Math.max(0, 2 - took))
    }
    request({ ...options, path, headers: { authorization }, agent }, (response) =>
      response.resume().on('end', () => next(response.statusCode === 200)))
      .on('error', () => next(false)).end()
  }
  parentPort.on('message', (next) => {
    const isFirst = path === undefined
    ;({ path, authorization } = next)
    if (isFirst) pull()
    parentPort.postMessage({ worst, count, failed })
    worst = count = failed = 0
  })`

interface Pulls {
  /** Longest wait for an answer, in milliseconds. */
  readonly worst: number
  readonly count: number
  readonly failed: number
}

if (options.dir === undefined) throw new Error('--dir is missing')
const processes = Number(options.processes)
if (options.url !== undefined) await removeUsers(options.url)
const server = await MeasuredServer.start({
  folder: options.dir,
  url: options.url,
  processes,
  checkout: options.server,
})
console.log(`start: ${Math.round(server.startMs)} ms`)
const target = await findMeasuredTarget(server)

/** The header of a pull from a repository, renewed in time. */
const bearerOf = (path: string) => {
  let token = ''
  let tokenAt = -Infinity
  return async () => {
    if (performance.now() - tokenAt > tokenMs) {
      token = await server.bearer(path)
      tokenAt = performance.now()
    }
    return token
  }
}
const bearer = bearerOf(target.path)

let pulled = { path: `/v2/${target.path}/manifests/${target.tags[0] ?? ''}`, bearer }

const pullers = Array.from(
  { length: processes },
  () =>
    new Worker(puller, {
      eval: true,
      workerData: { options: { port: server.port } },
    }),
)

const inRepository = `/repositories/${target.repository}`
const inInstance = `/instances/${target.instance}`

/** Work that goes on after the answer, or beside the server; each is watched for a time. */
const jobs: Readonly<Record<string, () => Promise<unknown>>> = {
  '`npm run stele audit verify`': () => server.beside('scripts/stele.mjs', 'audit', 'verify'),
  'a second start beside it': () => server.beside('scripts/start.mjs'),
  'garbage collection, dry run': () => job('/garbage-collections', { isDryRun: true }),
  scrub: () => job('/scrubs', {}),
  'a change of all policies': async () => {
    await server.rest('POST', `${inInstance}/immutability-changes`, policyChange)
    await setTimeout(watchMs)
  },
  'deletion of 50 tags': () =>
    server.rest('POST', `${inRepository}/tag-deletions`, { names: target.tags.slice(2), reason: 'x' }),
  'garbage collection': () => job('/garbage-collections', { isDryRun: false }),
  'deletion of a repository': () =>
    Promise.race([
      server.rest('DELETE', `${inRepository}?force=${target.path}&reason=measured`).then(() => setTimeout(watchMs)),
      setTimeout(watchMs),
    ]),
}

console.log('| kind | status | answer, ms | longest pull, ms | longest turn, ms | most CPU of a turn, ms | pulls |')
console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: |')
await takePulls()
await measure('nothing', () => setTimeout(2000), 1)
for (const [name, send] of Object.entries(listRequests(server, target, bearer))) await measure(name, send, rounds)
for (const [name, send] of Object.entries(listLongRequests(server))) await measure(name, send, 1)
for (const [name, work] of Object.entries(jobs)) {
  // Of a repository that is there: to say that one is not takes longer than to answer with a manifest.
  if (name === 'deletion of a repository') {
    pulled = { path: target.neighbour.url, bearer: bearerOf(target.neighbour.path) }
    await takePulls()
    await setTimeout(100)
  }
  await measure(name, work, 1)
}
process.exit()

/** Prints a line with the worst of all rounds. */
async function measure(name: string, work: () => Promise<unknown>, times: number): Promise<void> {
  if (!new RegExp(options.only).test(name)) return
  await server.takeLongestTurn()
  await takePulls()
  let answer: unknown
  let slowest = 0
  for (let round = 0; round < times; round += 1) {
    const sentAt = performance.now()
    answer = await work()
    slowest = Math.max(slowest, performance.now() - sentAt)
    await setTimeout(50)
  }
  const pulls = await takePulls()
  const { turn, cpu } = await server.takeLongestTurn()
  const status = isAnswer(answer) ? String(answer.status) : ''
  const numbers = [slowest, pulls.worst, turn, cpu].map((number) => number.toFixed(0)).join(' | ')
  console.log(
    `| ${name} | ${status} | ${numbers} | ${pulls.count}${pulls.failed === 0 ? '' : `, ${pulls.failed} failed`} |`,
  )
}

/** The pulls of all connections since the last call. */
async function takePulls(): Promise<Pulls> {
  const message = { path: pulled.path, authorization: await pulled.bearer() }
  const taken = await Promise.all(
    pullers.map(
      (one) =>
        new Promise<Pulls>((resolved) => {
          one.once('message', resolved)
          one.postMessage(message)
        }),
    ),
  )
  return {
    worst: Math.max(...taken.map(({ worst }) => worst)),
    count: taken.reduce((sum, { count }) => sum + count, 0),
    failed: taken.reduce((sum, { failed }) => sum + failed, 0),
  }
}

/** Starts a run of maintenance and waits for its end, or as long as jobs are watched. */
async function job(url: string, body: unknown): Promise<Answer> {
  const started = await server.rest('POST', url, body)
  const { id } = JSON.parse(started.text) as { readonly id?: string }
  const until = performance.now() + watchMs
  while (id !== undefined && performance.now() < until) {
    const { state } = JSON.parse((await server.rest('GET', `${url}/${id}`)).text) as { readonly state?: string }
    if (state !== 'RUNNING') break
    await setTimeout(250)
  }
  return started
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'status' in value
}

/**
 * `node --import tsx scripts/measure-delays.ts --dir <folder>` measures how long a pull waits for other work: for each
 * kind of request and job, the longest delay of a manifest GET that is sent every 2 ms meanwhile, and the longest turn of
 * the server's event loop. On a busy machine only the turn tells much: it is CPU time of the server's main thread.
 *
 *     --dir <folder>      what `scripts/big-database.ts` made; the last kinds delete from it, so give a copy
 *     --server <folder>   the checkout whose server runs, built; default: this one
 *     --only <text>       kinds whose names hold it
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { Agent, type RequestOptions, request } from 'node:http'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'

const { values: options } = parseArgs({
  options: {
    dir: { type: 'string' },
    server: { type: 'string', default: resolve(import.meta.dirname, '..') },
    only: { type: 'string', default: '' },
  },
})

const port = 5580
const password = 'correct-horse-battery'
const accessKey = 'DELAYKEY00000001:secret-of-the-measured-key'
const instance = 'cri-big'
const repository = 'crr-00000000'
const path = 'team-0/app-0'

/** How long a job is watched at most, in milliseconds. */
const watchMs = 20_000

/** How often a kind of request is sent; the worst counts. */
const rounds = 2

/**
 * GETs a manifest every 2 ms on one connection, on a thread of its own: large answers to other requests must not delay
 * it here.
 */
const puller = `
  const { parentPort, workerData: { options } } = require('node:worker_threads')
  const { Agent, request } = require('node:http')
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let worst = 0, count = 0, failed = 0
  const pull = () => {
    const startedAt = performance.now()
    const next = (isGood) => {
      const took = performance.now() - startedAt
      worst = Math.max(worst, took)
      count += 1
      if (!isGood) failed += 1
      setTimeout(pull, Math.max(0, 2 - took))
    }
    request({ ...options, agent }, (response) => response.resume().on('end', () => next(response.statusCode === 200)))
      .on('error', () => next(false)).end()
  }
  parentPort.on('message', () => {
    parentPort.postMessage({ worst, count, failed })
    worst = count = failed = 0
  })
  pull()`

interface Pulls {
  /** Longest wait for an answer, in milliseconds. */
  readonly worst: number
  readonly count: number
  readonly failed: number
}

const environment: NodeJS.ProcessEnv = {
  PATH: process.env['PATH'],
  NODE_ENV: 'production',
  PORT: String(port),
  STELE_DATA_DIR: resolve(options.dir ?? fail('--dir is missing')),
  STELE_ADMIN_PASSWORD: password,
  STELE_ADMIN_ACCESS_KEY_ID: accessKey.split(':')[0],
  STELE_ADMIN_ACCESS_KEY_SECRET: accessKey.split(':')[1],
  STELE_GC_GRACE_HOURS: '1',
  STELE_LOG_LEVEL: 'warn',
}
const agent = new Agent({ keepAlive: true })
const server = run(['--import', join(import.meta.dirname, 'lib', 'watch-loop.mjs'), 'scripts/start.mjs'], 'inherit')
process.on('exit', () => server.kill('SIGKILL'))
process.on('SIGTERM', () => process.exit(1))
const startedAt = performance.now()
await untilReady()
console.log(`start: ${Math.round(performance.now() - startedAt)} ms`)

const tags = JSON.parse((await rest('GET', `/repositories/${repository}/tags?pageSize=50&sort=name`)).text) as {
  readonly items: readonly { readonly name: string; readonly digest: string }[]
}
const [tag, other] = tags.items.map(({ name }) => name)
const digest = tags.items[0]?.digest ?? fail('the first repository has no tags')
const pulls = new Worker(puller, {
  eval: true,
  workerData: {
    options: { port, path: `/v2/${path}/manifests/${tag}`, headers: { authorization: basic(`admin:${password}`) } },
  },
})

const inRepository = `/repositories/${repository}`
const inInstance = `/instances/${instance}`
const get = (url: string) => () => rest('GET', url)
const change = { immutability: { mode: 'audit', exemptTags: ['latest', 'dev-*', '*-rc?'] }, filter: {} }

/** Requests; each is sent several times. */
const requests: Readonly<Record<string, () => Promise<unknown>>> = {
  nothing: () => setTimeout(2000),
  instances: get('/instances'),
  instance: get(inInstance),
  namespaces: get(`${inInstance}/namespaces?pageSize=100`),
  ...Object.fromEntries(
    ['name', '-updatedAt', '-tags', '-lastPushedAt', '-size'].map((sort) => [
      `repositories by ${sort}`,
      get(`${inInstance}/repositories?pageSize=100&sort=${sort}`),
    ]),
  ),
  'repositories that hold a text': get(`${inInstance}/repositories?search=99`),
  'a repository': get(inRepository),
  ...Object.fromEntries(
    ['name', '-pushedAt', 'version', '-version', '-size'].map((sort) => [
      `tags by ${sort}`,
      get(`${inRepository}/tags?pageSize=100&sort=${sort}`),
    ]),
  ),
  'page 100 of tags': get(`${inRepository}/tags?pageSize=100&sort=name&page=100`),
  'tags that hold a text': get(`${inRepository}/tags?search=99`),
  'tags that hold no such text': get(`${inRepository}/tags?search=nothing`),
  'protected tags': get(`${inRepository}/tags?protection=protected`),
  'free tags': get(`${inRepository}/tags?protection=free`),
  'charts among tags': get(`${inRepository}/tags?kind=helmChart`),
  'a tag': get(`${inRepository}/tags/${tag}`),
  'a tag’s history': get(`${inRepository}/tags/${tag}/history`),
  'a tag’s space': get(`${inRepository}/tags/${tag}/space`),
  'a tag’s manifest': get(`${inRepository}/tags/${tag}/manifest`),
  'a manifest': get(`${inRepository}/manifests/${digest}`),
  attachments: get(`${inRepository}/manifests/${digest}/attachments`),
  comparison: get(`${inRepository}/comparison?before=${tag}&after=${other}`),
  'untagged manifests': get(`${inRepository}/untagged-manifests`),
  'reserved names': get(`${inRepository}/immutability/tombstones`),
  'a policy': get(`${inRepository}/immutability`),
  'preview of a policy': get(`${inRepository}/immutability/preview?mode=enforce&exemptTag=dev-*`),
  'check of a push': () => rest('POST', `${inRepository}/immutability/check`, { tag }),
  'preview of an instance’s policies': () => rest('POST', `${inInstance}/immutability-changes/preview`, change),
  'events of a repository': get(`${inRepository}/events?pageSize=100`),
  'events of an instance': get(`${inInstance}/events?pageSize=100`),
  'events that hold a text': get(`${inInstance}/events?text=nothing-like-it`),
  'export of events': get(`${inInstance}/events?format=csv`),
  'audit events': get('/audit-events?pageSize=100'),
  'audit events that hold a text': get('/audit-events?text=nothing-like-it'),
  'export of audit events': get('/audit-events/export?format=csv'),
  'search: a text': get('/search?q=v1'),
  'search: nothing': get('/search?q=nothing-here'),
  'search: a digest': get(`/search?q=${digest.slice(7, 15)}`),
  'space of a repository': get(`${inRepository}/space`),
  'space of an instance': get(`${inInstance}/space`),
  grants: get('/grants'),
  users: get('/users'),
  catalog: () => call('GET', '/v2/_catalog?n=1000', basic(`admin:${password}`)),
  'tags over /v2': () => call('GET', `/v2/${path}/tags/list?n=1000`, basic(`admin:${password}`)),
  'a page of the console': () => call('GET', '/login', ''),
}

/** Work that goes on after the answer, or beside the server; each is watched for a time. */
const jobs: Readonly<Record<string, () => Promise<unknown>>> = {
  '`npm run stele audit verify`': () => ended(run(['scripts/stele.mjs', 'audit', 'verify'], 'ignore')),
  'a second start beside it': () => ended(run(['scripts/start.mjs'], 'ignore')),
  'garbage collection, dry run': () => job('/garbage-collections', { isDryRun: true }),
  scrub: () => job('/scrubs', {}),
  'a change of all policies': async () => {
    await rest('POST', `${inInstance}/immutability-changes`, change)
    await setTimeout(watchMs)
  },
  'deletion of 500 tags': () =>
    rest('POST', `${inRepository}/tag-deletions`, { names: tags.items.map(({ name }) => name).slice(2), reason: 'x' }),
  'garbage collection': () => job('/garbage-collections', { isDryRun: false }),
  'deletion of a repository': () =>
    Promise.race([rest('DELETE', `${inRepository}?force=${path}&reason=measured`), setTimeout(watchMs)]),
}

console.log('| kind | status | answer, ms | longest pull, ms | longest turn, ms | pulls |')
console.log('| --- | --- | ---: | ---: | ---: | ---: |')
for (const [name, send] of Object.entries(requests)) await measure(name, send, rounds)
for (const [name, work] of Object.entries(jobs)) await measure(name, work, 1)
process.exit()

/** Prints a line with the worst of all rounds. */
async function measure(name: string, work: () => Promise<unknown>, times: number): Promise<void> {
  if (!name.includes(options.only)) return
  await takeLongestTurn()
  await takePulls()
  let answer: unknown
  let slowest = 0
  for (let round = 0; round < times; round += 1) {
    const sentAt = performance.now()
    answer = await work()
    slowest = Math.max(slowest, performance.now() - sentAt)
    await setTimeout(50)
  }
  const { worst, count, failed } = await takePulls()
  const turn = await takeLongestTurn()
  const status = isAnswer(answer) ? String(answer.status) : ''
  const numbers = [slowest, worst, turn].map((number) => number.toFixed(0)).join(' | ')
  console.log(`| ${name} | ${status} | ${numbers} | ${count}${failed === 0 ? '' : `, ${failed} failed`} |`)
}

/** The pulls since the last call. */
function takePulls(): Promise<Pulls> {
  return new Promise((taken) => {
    pulls.once('message', taken)
    pulls.postMessage(null)
  })
}

/** The longest turn of the server's event loop since the last call, in milliseconds. */
function takeLongestTurn(): Promise<number> {
  return new Promise((taken) => {
    server.once('message', ({ longestTurnMs }: { readonly longestTurnMs: number }) => taken(longestTurnMs))
    server.send('')
  })
}

/** Starts a run of maintenance and waits for its end, or as long as jobs are watched. */
async function job(url: string, body: unknown): Promise<Answer> {
  const started = await rest('POST', url, body)
  const { id } = JSON.parse(started.text) as { readonly id?: string }
  const until = performance.now() + watchMs
  while (id !== undefined && performance.now() < until) {
    const { state } = JSON.parse((await rest('GET', `${url}/${id}`)).text) as { readonly state?: string }
    if (state !== 'RUNNING') break
    await setTimeout(250)
  }
  return started
}

interface Answer {
  readonly status: number
  readonly text: string
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'status' in value
}

function rest(method: string, url: string, body?: unknown): Promise<Answer> {
  return call(method, `/api/v1${url}`, basic(accessKey), body)
}

function call(method: string, url: string, authorization: string, body?: unknown): Promise<Answer> {
  const headers = {
    ...(authorization !== '' && { authorization }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
  const target: RequestOptions = { port, method, path: url, headers, agent }
  return new Promise((answered, failed) => {
    request(target, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.on('end', () => answered({ status: response.statusCode ?? 0, text })).on('error', failed)
    })
      .on('error', failed)
      .end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`
}

function run(args: readonly string[], output: 'inherit' | 'ignore'): ChildProcess {
  return spawn(process.execPath, args, {
    cwd: options.server,
    stdio: ['ignore', output === 'inherit' ? 2 : 'ignore', output, 'ipc'],
    env: environment,
  })
}

function ended(child: ChildProcess): Promise<unknown> {
  return new Promise((over) => child.once('close', over))
}

async function untilReady(): Promise<void> {
  for (;;) {
    const { status } = await call('GET', '/readyz', '').catch(() => ({ status: 0 }))
    if (status === 200) return
    if (server.exitCode !== null) fail('the server did not start')
    await setTimeout(50)
  }
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}

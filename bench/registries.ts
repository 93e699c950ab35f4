import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

const root = join(import.meta.dirname, '..')
const password = 'only-for-the-bench'

/** How long a registry may take to start, in milliseconds; the first start of a clone includes the build. */
const startMaxMs = 300_000
const startStepMs = 50

const accessKey = 'BenchKey0001:only-for-the-bench'

/** As many exempt tags as a policy may have, as long as they may be, each of which is compared to the end of a tag. */
const patternsThatMatchNothing = Array.from({ length: 20 }, (_, index) => `${'*r'.repeat(60)}*-${index}`)

/** A running registry to measure. */
export interface Registry {
  readonly name: string
  /** The version, if the registry states it. */
  readonly version: string
  readonly port: number
  /** Headers that each request to `/v2/` needs. */
  readonly headers: Readonly<Record<string, string>>
  /** The namespace where pushes create repositories. */
  readonly namespace: string
  /** CPU time the process has used, in seconds. */
  cpuSeconds(): Promise<number>
  /** Peak memory of the process since the last `resetPeak`, and its current pages of files. */
  memory(): Promise<{ peakMiB: number; fileMiB: number }>
  resetPeak(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts the server as `npm start` does, which builds it first if needed. It writes durably and checks the credentials
 * of every request, as always. Only the log is off, as for Distribution.
 */
export async function startStele(): Promise<Registry> {
  const folder = await mkdtemp(join(tmpdir(), 'stele-bench-'))
  const port = await findFreePort()
  const process_ = spawn(process.execPath, [join('scripts', 'start.mjs')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      PORT: String(port),
      STELE_DATA_DIR: folder,
      STELE_ADMIN_PASSWORD: password,
      STELE_ADMIN_ACCESS_KEY_ID: accessKey.split(':')[0],
      STELE_ADMIN_ACCESS_KEY_SECRET: accessKey.split(':')[1],
      STELE_LOG_LEVEL: 'warn',
    },
  })
  const headers = { authorization: basic(`admin:${password}`) }
  await untilItAnswers(port)
  const instancePath = await getInstancePath(port)
  for (const [name, defaults] of Object.entries({
    bench: {},
    frozen: { defaultImmutability: { mode: 'enforce', exemptTags: patternsThatMatchNothing } },
    open: { defaultRepositoryType: 'PUBLIC' },
  })) {
    await send(port, 'POST', `${instancePath}/namespaces`, { name, autoCreateRepository: true, ...defaults })
  }
  await send(port, 'PATCH', instancePath, { allowAnonymousPull: true })
  return describe({ name: 'Stele', version: '', port, headers }, process_, folder)
}

/**
 * Starts Debian's `docker-registry` with its files in a new folder and without authentication; null where there is
 * none.
 */
export async function startDistribution(): Promise<Registry | null> {
  const { error, stdout } = spawnSync('docker-registry', ['--version'], { encoding: 'utf8' })
  if (error !== undefined) return null
  const folder = await mkdtemp(join(tmpdir(), 'distribution-bench-'))
  const port = await findFreePort()
  const config = join(folder, 'config.yml')
  await writeFile(
    config,
    `version: 0.1
log: { accesslog: { disabled: true }, level: error }
storage: { filesystem: { rootdirectory: ${join(folder, 'data')} }, delete: { enabled: true } }
http: { addr: "127.0.0.1:${port}" }
`,
  )
  const process_ = spawn('docker-registry', ['serve', config], { stdio: 'ignore' })
  await untilItAnswers(port)
  return describe({ name: 'Distribution', version: stdout.trim(), port, headers: {} }, process_, folder)
}

function describe(
  registry: Pick<Registry, 'name' | 'version' | 'port' | 'headers'>,
  process_: ChildProcess,
  folder: string,
): Registry {
  const ended = new Promise((resolve) => process_.once('close', resolve))
  const proc = (file: string) => join('/proc', String(process_.pid), file)
  return {
    ...registry,
    namespace: 'bench',
    async cpuSeconds() {
      // Fields 14 and 15 of proc(5) stat, in ticks of a hundredth of a second; the name before may hold spaces.
      const fields = (await readFile(proc('stat'), 'utf8')).split(') ')[1]?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) / 100
    },
    async memory() {
      const status = await readFile(proc('status'), 'utf8')
      const mebibytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
      return { peakMiB: mebibytes('VmHWM'), fileMiB: mebibytes('RssFile') }
    },
    resetPeak: () => writeFile(proc('clear_refs'), '5'),
    async stop() {
      process_.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The REST API's path of the default instance, which is the only one. */
async function getInstancePath(port: number): Promise<string> {
  const { items } = (await send(port, 'GET', '/instances')) as { items: { id: string }[] }
  return `/instances/${items[0]?.id}`
}

async function send(port: number, method: string, path: string, body?: object): Promise<unknown> {
  const headers = { authorization: basic(accessKey), 'content-type': 'application/json' }
  const url = `http://127.0.0.1:${port}/api/v1${path}`
  const answer = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`
}

function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}

async function untilItAnswers(port: number): Promise<void> {
  for (let tries = 0; tries < startMaxMs / startStepMs; tries++) {
    if ((await fetch(`http://127.0.0.1:${port}/v2/`).catch(() => null)) !== null) return
    await setTimeout(startStepMs)
  }
  throw new Error(`Nothing answers on port ${port}`)
}

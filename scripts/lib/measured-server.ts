import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { Agent, type RequestOptions, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'

const port = 5580
const password = 'correct-horse-battery'
const accessKey = 'DELAYKEY00000001:secret-of-the-measured-key'

/** What to start. */
export interface MeasuredOptions {
  /** The folder of the data, which has the SQLite database unless there is a `url`. */
  readonly folder: string
  /** The address of a PostgreSQL database on this machine. */
  readonly url?: string | undefined
  /** STELE_PROCESSES. */
  readonly processes: number
  /** The checkout whose server runs, built. */
  readonly checkout: string
}

/** An answer of the server. */
export interface Answer {
  readonly status: number
  readonly text: string
}

/** The longest turns of event loops, in milliseconds. */
export interface LongestTurn {
  /** With waits for the disk, and for the host of a virtual machine. */
  readonly turn: number
  /** Of all turns, the most CPU time. */
  readonly cpu: number
}

/** A server of its own process, whose requests and threads are measured. It ends with this process. */
export class MeasuredServer {
  readonly port = port
  /** From the start of the process to the first answer of /readyz, in milliseconds. */
  readonly startMs: number
  readonly #options: MeasuredOptions
  readonly #child: ChildProcess
  readonly #watchFolder: string
  readonly #agent = new Agent({ keepAlive: true })
  readonly #databases: Client | null
  /** By process, also of those that have ended: what they had used when last seen. */
  readonly #cpuMs = new Map<number, number>()

  /** Starts it and waits until it is ready. Throws when it ends before. */
  static async start(options: MeasuredOptions): Promise<MeasuredServer> {
    const watchFolder = mkdtempSync(join(tmpdir(), 'stele-watch-'))
    const child = run(options, ['--import', watcher, 'scripts/start.mjs'], 'inherit', watchFolder)
    process.on('exit', () => {
      child.kill('SIGKILL')
      rmSync(watchFolder, { recursive: true, force: true })
    })
    const databases = options.url === undefined ? null : new Client({ connectionString: options.url })
    await databases?.connect()
    const startedAt = performance.now()
    for (;;) {
      const status = await send({ path: '/readyz' }).then(
        (answer) => answer.status,
        () => 0,
      )
      if (status === 200) break
      if (child.exitCode !== null) throw new Error('the server did not start')
      await setTimeout(10)
    }
    return new MeasuredServer(options, child, { watchFolder, databases, startMs: performance.now() - startedAt })
  }

  private constructor(
    options: MeasuredOptions,
    child: ChildProcess,
    rest: { readonly watchFolder: string; readonly databases: Client | null; readonly startMs: number },
  ) {
    this.#options = options
    this.#child = child
    this.#watchFolder = rest.watchFolder
    this.#databases = rest.databases
    this.startMs = rest.startMs
  }

  /** A request to the REST API, as the administrator. */
  rest(method: string, url: string, body?: unknown): Promise<Answer> {
    return this.call(method, `/api/v1${url}`, basic(accessKey), body)
  }

  /** A request to the registry, with the administrator's password. */
  registry(url: string): Promise<Answer> {
    return this.call('GET', url, basic(`admin:${password}`))
  }

  call(method: string, path: string, authorization: string, body?: unknown): Promise<Answer> {
    const headers = {
      ...(authorization !== '' && { authorization }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    return send({ method, path, headers, agent: this.#agent }, body)
  }

  /** The header of a pull from a repository, as container clients send it: valid for minutes. */
  async bearer(repository: string): Promise<string> {
    const scope = encodeURIComponent(`repository:${repository}:pull`)
    const { text } = await this.registry(`/v2/token?service=localhost%3A${port}&scope=${scope}`)
    return `Bearer ${(JSON.parse(text) as { readonly token: string }).token}`
  }

  /** Runs a command beside the server, with its settings; resolves with its end. */
  beside(...args: string[]): Promise<unknown> {
    const child = run(this.#options, args, 'ignore', '')
    return new Promise((over) => child.once('close', over))
  }

  /** The longest turns of all event loops of the server since the last call, in milliseconds. */
  async takeLongestTurn(): Promise<LongestTurn> {
    const sockets = readdirSync(this.#watchFolder).map((name) => join(this.#watchFolder, name))
    const turns = (await Promise.all(sockets.map(readSocket))).map((text) => text.split(' ').map(Number))
    return {
      turn: Math.max(...turns.map(([turn = 0]) => turn)),
      cpu: Math.max(...turns.map(([, cpu = 0]) => cpu)),
    }
  }

  /** CPU time that all threads of the server, and the connections to PostgreSQL, have used so far, in milliseconds. */
  async readCpuMs(): Promise<number> {
    const pids = [this.#child.pid ?? 0]
    for (const pid of pids) pids.push(...childrenOf(pid))
    const query = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
    const backends = await this.#databases?.query<{ pid: number }>(query)
    for (const pid of [...pids, ...(backends?.rows ?? []).map((row) => row.pid)]) {
      this.#cpuMs.set(pid, readCpuOfProcess(pid))
    }
    return [...this.#cpuMs.values()].reduce((sum, one) => sum + one, 0)
  }

  /** Ends the server; resolves when it has ended. */
  async stop(): Promise<void> {
    const ended = new Promise((over) => this.#child.once('close', over))
    this.#child.kill('SIGTERM')
    await ended
    await this.#databases?.end()
    this.#agent.destroy()
  }
}

/**
 * Removes the users of a measured database: the access key of its administrator was sealed with the key of another folder,
 * and the next start makes a new one.
 */
export async function removeUsers(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('DELETE FROM "User"')
  await client.end()
}

const watcher = join(import.meta.dirname, 'watch-loop.mjs')

function run(
  { folder, url, processes, checkout }: MeasuredOptions,
  args: readonly string[],
  output: 'inherit' | 'ignore',
  watchFolder: string,
): ChildProcess {
  return spawn(process.execPath, args, {
    cwd: checkout,
    stdio: ['ignore', output === 'inherit' ? 2 : 'ignore', output],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      PORT: String(port),
      ...(url !== undefined && { DATABASE_URL: url }),
      ...(watchFolder !== '' && { WATCH_FOLDER: watchFolder }),
      STELE_PROCESSES: String(processes),
      STELE_DATA_DIR: resolve(folder),
      STELE_ADMIN_PASSWORD: password,
      STELE_ADMIN_ACCESS_KEY_ID: accessKey.split(':')[0],
      STELE_ADMIN_ACCESS_KEY_SECRET: accessKey.split(':')[1],
      STELE_GC_GRACE_HOURS: '1',
      // They are started where they are measured.
      STELE_GC_INTERVAL_HOURS: '0',
      STELE_SCRUB_INTERVAL_HOURS: '0',
      STELE_METRICS_TOKEN: 'only-for-the-measurement',
      STELE_LOG_LEVEL: 'warn',
    },
  })
}

function send(options: RequestOptions, body?: unknown): Promise<Answer> {
  return new Promise((answered, failed) => {
    request({ port, ...options }, (response) => {
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

/** All that comes from a socket; 0 when nobody listens any more. */
function readSocket(path: string): Promise<string> {
  return new Promise((read) => {
    let text = ''
    connect(path)
      .setEncoding('utf8')
      .on('data', (part: string) => (text += part))
      .on('error', () => read('0'))
      .on('end', () => read(text))
  })
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** The first number of schedstat(5) is the time that a thread has run, in nanoseconds. */
function readCpuOfProcess(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6)
      .reduce((sum, one) => sum + one, 0)
  } catch {
    // It has ended.
    return 0
  }
}

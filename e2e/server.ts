import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { findFreePort } from '@/scripts/lib/find-free-port.mjs'
import { endAtOnce, listChildren } from './processes'
import { storageSettings } from './stored-blobs'

const root = join(import.meta.dirname, '..')
const bundle = process.env['E2E_BUNDLE'] ?? join(root, 'dist', 'server.mjs')
const startTimeoutMs = 300_000

/** What a test needs to talk to a server. */
export interface ServerInfo {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string
  /** `127.0.0.1:<port>`: the registry's host in the address of an image. */
  readonly registry: string
  readonly port: number
  readonly dataDir: string
  /** User name and password of the console and of `docker login`. */
  readonly admin: { readonly name: string; readonly password: string }
  /** The REST API's credential. */
  readonly accessKey: { readonly id: string; readonly secret: string }
}

/** A server process that the test owns. */
export interface StartedServer extends ServerInfo {
  readonly pid: number
  /** All that the process has printed. */
  output(): string
  /** Ends all its processes at once (kill -9) and leaves its data folder for another start. */
  kill(): Promise<void>
  /** Asks the process to end, and waits for it. Resolves with the exit code. */
  end(): Promise<number | null>
  /** Ends the process like `end`, and removes its data folder. Rejects when it had left files or folders open. */
  stop(): Promise<number | null>
}

export interface StartOptions {
  /** Of a killed server, to start again where it ended; a new folder otherwise. */
  dataDir?: string
  /** A free one otherwise. */
  port?: number
  /** The folder of another version of Stele, which is to be started. */
  root?: string
  /** Of a PostgreSQL database; SQLite in the data folder otherwise. */
  databaseUrl?: string
  /** Settings besides those that make the ServerInfo true. */
  env?: Record<string, string>
  /** A program, with its arguments, that becomes the server: it runs the command after them, as `env` does. */
  through?: readonly [string, ...string[]]
}

/** Starts the built server and resolves once it answers. Rejects with its output when it ends before that. */
export async function startServer(options: StartOptions = {}): Promise<StartedServer> {
  const program = options.root === undefined ? bundle : join(options.root, 'dist', 'server.mjs')
  if (!existsSync(program)) throw new Error('There is no built server: run `npm run build` first.')
  const port = options.port ?? (await findFreePort())
  const info: ServerInfo = {
    url: `http://127.0.0.1:${port}`,
    registry: `127.0.0.1:${port}`,
    port,
    dataDir: options.dataDir ?? (await mkdtemp(join(tmpdir(), 'stele-e2e-'))),
    admin: { name: 'admin', password: 'e2e-password-1234' },
    accessKey: { id: 'E2EACCESSKEY0001', secret: 'e2e-secret-0123456789abcdef' },
  }
  // On every machine: what one process has answered must be true for the other at once.
  const processes = options.env?.['STELE_PROCESSES'] ?? '2'
  const [command, ...args] = [...(options.through ?? []), process.execPath, program] as [string, ...string[]]
  const server = spawn(command, args, {
    cwd: options.root ?? root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...inherited(),
      NODE_ENV: 'production',
      PORT: String(port),
      HOST: '127.0.0.1',
      STELE_PROCESSES: processes,
      STELE_DATA_DIR: info.dataDir,
      STELE_ADMIN_PASSWORD: info.admin.password,
      STELE_ADMIN_ACCESS_KEY_ID: info.accessKey.id,
      STELE_ADMIN_ACCESS_KEY_SECRET: info.accessKey.secret,
      ...storageSettings(info.dataDir),
      ...(options.databaseUrl !== undefined && { DATABASE_URL: options.databaseUrl }),
      ...options.env,
    },
  })
  let output = ''
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  const ended = new Promise<number | null>((resolve) => server.once('close', resolve))

  const answered = new AbortController()
  const code = await Promise.race([ended, untilItAnswers(info.url, answered.signal)])
  answered.abort()
  if (code !== 'answers') {
    server.kill('SIGKILL')
    throw new Error(`The server did not start (${code === 'silent' ? 'no answer' : `exit code ${code}`}):\n${output}`)
  }
  // Readers start when the main process serves: a test that counts processes must not see them begin.
  if (existsSync('/proc/self/task') && Number(processes) > 1) await untilAllRun(server.pid as number, Number(processes))
  return {
    ...info,
    // It runs, so it has one.
    pid: server.pid as number,
    output: () => output,
    async kill() {
      // The supervisor first: it would start the others again.
      const children = await listChildren(server.pid as number)
      server.kill('SIGKILL')
      for (const child of children) endAtOnce(child)
      await ended
    },
    end() {
      server.kill('SIGTERM')
      return ended
    },
    async stop() {
      server.kill('SIGTERM')
      const exitCode = await ended
      await rm(info.dataDir, { recursive: true, force: true })
      // What Node.js says of a file or folder that nobody has closed.
      const leak = /^.* on garbage collection$/m.exec(output)
      if (leak !== null) throw new Error(`The server left something open: ${leak[0]}`)
      return exitCode
    },
  }
}

/** The environment without settings of some other server. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(STELE_.*|DATABASE_URL|NODE_OPTIONS)$/.test(name)),
  ) as NodeJS.ProcessEnv
}

async function untilAllRun(pid: number, count: number): Promise<void> {
  const deadline = performance.now() + startTimeoutMs
  while (performance.now() < deadline && (await listChildren(pid)).length < count) await setTimeout(20)
}

async function untilItAnswers(url: string, signal: AbortSignal): Promise<'answers' | 'silent'> {
  const deadline = performance.now() + startTimeoutMs
  while (!signal.aborted && performance.now() < deadline) {
    const answered = await fetch(`${url}/v2/`, { signal: AbortSignal.timeout(startTimeoutMs) }).catch(() => null)
    if (answered !== null) return 'answers'
    await setTimeout(50)
  }
  return 'silent'
}

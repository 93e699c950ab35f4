import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { CommandLine, type CommandResult } from './command-line'
import { tarOf } from './tar'

const startTimeoutMs = 60_000

/** The docker command with log-ons of its own, talking to the worker's daemon. */
export class Docker extends CommandLine {
  readonly #config: string
  readonly #env: Readonly<Record<string, string>>

  constructor(socket: string, config: string) {
    const env = { DOCKER_HOST: socket, DOCKER_CONFIG: config }
    super('docker', [], env)
    this.#config = config
    this.#env = env
  }

  /**
   * Runs command lines as a person does who pastes them into a terminal, where `docker login` asks for `secret`; resolves
   * however they end.
   */
  paste(commands: string, secret = ''): Promise<CommandResult> {
    const terminal = new CommandLine('script', ['-qefc', commands, '/dev/null'], this.#env)
    return terminal.attempt([], `${secret}\n`)
  }

  /** Makes an image of one file with this content; resolves with its id. Each call makes another image. */
  importImage(content: string): Promise<string> {
    return this.run(['import', '-'], tarOf('content', content))
  }

  /** What the command keeps of registries and log-ons. */
  readConfig(): Promise<string> {
    return readFile(join(this.#config, 'config.json'), 'utf8')
  }

  async dispose(): Promise<void> {
    await rm(this.#config, { recursive: true, force: true })
  }
}

/** What a daemon has that others don't. */
export interface DaemonSettings {
  /** Lines in its file of hosts, besides those of this machine. */
  readonly hosts?: string
  /** A certificate that it trusts, instead of those that this machine trusts. */
  readonly certificateFile?: string
}

/** A Docker daemon of its own, started when the first test asks for it. It needs no network. */
export class DockerDaemon {
  readonly #settings: DaemonSettings

  constructor(settings: DaemonSettings = {}) {
    this.#settings = settings
  }

  #started: Promise<{ process: ChildProcess; folder: string; socket: string }> | undefined

  /** A client that is logged on nowhere. */
  async client(): Promise<Docker> {
    this.#started ??= startDaemon(this.#settings)
    const { socket } = await this.#started
    return new Docker(socket, await mkdtemp(join(tmpdir(), 'stele-docker-config-')))
  }

  async stop(): Promise<void> {
    if (this.#started === undefined) return
    const { process: daemon, folder } = await this.#started
    const ended = new Promise((resolve) => daemon.once('close', resolve))
    if (daemon.kill('SIGTERM')) await ended
    await rm(folder, { recursive: true, force: true })
  }
}

async function startDaemon({ hosts, certificateFile }: DaemonSettings) {
  // Short: the path of a socket has at most 107 characters.
  const folder = await mkdtemp(join(tmpdir(), 'stele-docker-'))
  const socket = `unix://${folder}/docker.sock`
  const [command, ...inFront] = hosts === undefined ? ['dockerd'] : await withHosts(join(folder, 'hosts'), hosts)
  const daemon = spawn(
    command,
    [
      ...inFront,
      ...['--host', socket, '--pidfile', join(folder, 'docker.pid')],
      ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
      ...['--storage-driver', 'vfs', '--bridge', 'none', '--iptables=false', '--ip6tables=false'],
    ],
    {
      env: {
        ...process.env,
        PATH: `${process.env['PATH']}:/usr/sbin`,
        ...(certificateFile !== undefined && { SSL_CERT_FILE: certificateFile }),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let log = ''
  daemon.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  daemon.once('error', (error) => (log += error.message))

  const probe = new CommandLine('docker', [], { DOCKER_HOST: socket })
  const deadline = performance.now() + startTimeoutMs
  while ((await probe.attempt(['version'])).code !== 0) {
    if (daemon.exitCode !== null || performance.now() > deadline) {
      daemon.kill('SIGKILL')
      throw new Error(`dockerd did not start:\n${log}`)
    }
    await setTimeout(100)
  }
  return { process: daemon, folder, socket }
}

/** What a command starts with that has lines in its file of hosts: nobody else sees them. */
async function withHosts(file: string, lines: string): Promise<[string, ...string[]]> {
  await writeFile(file, `${await readFile('/etc/hosts', 'utf8')}\n${lines}\n`)
  const script = 'mount --bind "$0" /etc/hosts && exec dockerd "$@"'
  return ['unshare', '--mount', 'sh', '-c', script, file]
}

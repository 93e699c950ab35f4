import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { ServerInfo } from '../server'
import { uniqueName } from '../unique-name'
import { CommandLine } from './command-line'

const startTimeoutMs = 60_000

/** containerd's own command, with images of its own. It keeps no log-ons: see `logOn`. */
export class Ctr extends CommandLine {
  readonly #socket: string

  constructor(socket: string) {
    // Images, and by the daemon's settings their content too, are seen in their own containerd namespace only.
    super('ctr', ['--address', socket, '--namespace', uniqueName('test')], { CONTAINERD_SNAPSHOTTER: 'native' })
    this.#socket = socket
  }

  /** Another one that has nothing of this one's images. */
  other(): Ctr {
    return new Ctr(this.#socket)
  }

  /** The options of a command that talks to the registry. */
  logOn({ name, password }: ServerInfo['admin']): string[] {
    return ['--plain-http', '--user', `${name}:${password}`]
  }

  /** The content of an image's manifest or configuration, from the images it has. */
  content(digest: string): Promise<string> {
    return this.run(['content', 'get', digest])
  }

  /** The digest of an image it has. */
  async digestOf(name: string): Promise<string> {
    const list = await this.run(['images', 'list', `name==${name}`])
    const digest = /sha256:[a-f0-9]{64}/.exec(list)?.[0]
    if (digest === undefined) throw new Error(`ctr has no image ${name}`)
    return digest
  }
}

/** A containerd of the worker's own, started when the first test asks for it. It runs no containers. */
export class ContainerdDaemon {
  #started: Promise<{ process: ChildProcess; folder: string; socket: string }> | undefined

  /** A client that has no images. */
  async client(): Promise<Ctr> {
    this.#started ??= startDaemon()
    return new Ctr((await this.#started).socket)
  }

  async stop(): Promise<void> {
    if (this.#started === undefined) return
    const { process: daemon, folder } = await this.#started
    const ended = new Promise((resolve) => daemon.once('close', resolve))
    if (daemon.kill('SIGTERM')) await ended
    await rm(folder, { recursive: true, force: true })
  }
}

async function startDaemon() {
  // Short: the path of a socket has at most 107 characters.
  const folder = await mkdtemp(join(tmpdir(), 'stele-containerd-'))
  const socket = join(folder, 'containerd.sock')
  const config = join(folder, 'config.toml')
  await writeFile(config, configOf(folder, socket))
  const daemon = spawn('containerd', ['--config', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  daemon.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  daemon.once('error', (error) => (log += error.message))

  const probe = new Ctr(socket)
  const deadline = performance.now() + startTimeoutMs
  while ((await probe.attempt(['version'])).code !== 0) {
    if (daemon.exitCode !== null || performance.now() > deadline) {
      daemon.kill('SIGKILL')
      throw new Error(`containerd did not start:\n${log}`)
    }
    await setTimeout(100)
  }
  return { process: daemon, folder, socket }
}

function configOf(folder: string, socket: string): string {
  return `
version = 2
root = ${JSON.stringify(join(folder, 'root'))}
state = ${JSON.stringify(join(folder, 'state'))}
disabled_plugins = ["io.containerd.grpc.v1.cri"]

[grpc]
  address = ${JSON.stringify(socket)}

[plugins."io.containerd.internal.v1.opt"]
  path = ${JSON.stringify(join(folder, 'opt'))}

# What one namespace has is not at hand in another: a pull is a pull.
[plugins."io.containerd.metadata.v1.bolt"]
  content_sharing_policy = "isolated"
`
}

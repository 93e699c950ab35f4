import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommandLine } from '@/e2e/clients/command-line'
import { type Docker, DockerDaemon } from '@/e2e/clients/docker'
import { writeImage } from './image'
import { type Operation, timed } from './operations'
import type { Registry } from './registry'

const layers = 20

/** The commands of container clients, as far as they are installed. Each run of one is one amount of work. */
export class RealClients {
  readonly #skopeo = new CommandLine('skopeo', ['--insecure-policy'], {})
  readonly #daemon = new DockerDaemon()
  readonly #folder: string
  #docker: Docker | undefined

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async create(): Promise<RealClients> {
    return new RealClients(await mkdtemp(join(tmpdir(), 'stele-bench-clients-')))
  }

  /** The operations that can be measured here; `missing` names the others. */
  async operations(): Promise<{ operations: Operation[]; missing: string[] }> {
    const hasSkopeo = await hasCommand('skopeo', '--version')
    // Docker's images are pushed by skopeo.
    const hasDocker = hasSkopeo && process.getuid?.() === 0 && (await hasCommand('dockerd', '--version'))
    return {
      operations: [...(hasSkopeo ? [this.#push, this.#pull] : []), ...(hasDocker ? [this.#dockerPull] : [])],
      missing: [...(hasSkopeo ? [] : ['skopeo']), ...(hasDocker ? [] : ['docker (its daemon needs root)'])],
    }
  }

  /** Ends the daemon and removes all files. */
  async dispose(): Promise<void> {
    await this.#docker?.dispose()
    await this.#daemon.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }

  readonly #push: Operation = {
    name: `skopeo push, image of ${layers} layers`,
    unit: 'ms',
    prepare: async (registry) => {
      const source = await this.#newImage()
      return () => timed(1, () => this.#copy(registry, 'dest', source, this.#newName(registry)))
    },
  }

  readonly #pull: Operation = {
    name: `skopeo pull, image of ${layers} layers`,
    unit: 'ms',
    prepare: async (registry) => {
      const image = await this.#pushed(registry)
      return () => timed(1, () => this.#copy(registry, 'src', image, `dir:${join(this.#folder, randomUUID())}`))
    },
  }

  readonly #dockerPull: Operation = {
    name: `docker pull, image of ${layers} layers`,
    unit: 'ms',
    prepare: async (registry) => {
      const image = (await this.#pushed(registry)).slice('docker://'.length)
      const docker = (this.#docker ??= await this.#daemon.client())
      if (registry.account !== null) {
        const { name, password } = registry.account
        await docker.run(['login', '--username', name, '--password-stdin', `127.0.0.1:${registry.port}`], password)
      }
      return () => timed(1, () => docker.run(['pull', image]))
    },
  }

  async #newImage(): Promise<string> {
    const folder = join(this.#folder, randomUUID())
    await writeImage(folder, layers)
    return `oci:${folder}:latest`
  }

  #newName(registry: Registry): string {
    return `docker://127.0.0.1:${registry.port}/${registry.namespace}/${randomUUID()}:v1`
  }

  /** Pushes a new image; resolves with its name. */
  async #pushed(registry: Registry): Promise<string> {
    const image = this.#newName(registry)
    await this.#copy(registry, 'dest', await this.#newImage(), image)
    return image
  }

  async #copy(registry: Registry, side: 'src' | 'dest', from: string, to: string): Promise<void> {
    const { account } = registry
    const credentials = account === null ? [] : [`--${side}-creds=${account.name}:${account.password}`]
    await this.#skopeo.run(['copy', `--${side}-tls-verify=false`, ...credentials, from, to])
  }
}

async function hasCommand(...[command, argument]: [string, string]): Promise<boolean> {
  const path = { PATH: `${process.env['PATH']}:/usr/sbin` }
  return new CommandLine(command, [argument], path).attempt([]).then(
    ({ code }) => code === 0,
    () => false,
  )
}

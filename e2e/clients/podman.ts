import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandLine } from './command-line'
import { authFileOf, createHome } from './home'
import { tarOf } from './tar'

/** The podman command with images and log-ons of its own. Pass `--tls-verify=false` where it talks to the registry. */
export class Podman extends CommandLine {
  readonly #folder: string

  private constructor(folder: string) {
    const storage = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs']
    super('podman', [...storage, '--cgroup-manager', 'cgroupfs', '--events-backend', 'none'], {
      REGISTRY_AUTH_FILE: authFileOf(folder),
    })
    this.#folder = folder
  }

  static async create(): Promise<Podman> {
    return new Podman(await createHome('podman'))
  }

  /** Makes an image of one file with this content; resolves with its id. */
  importImage(content: string): Promise<string> {
    return this.run(['import', '--quiet', '-'], tarOf('content', content))
  }

  async dispose(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}

import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandLine } from './command-line'
import { authFileOf, createHome } from './home'

/** The buildah command with images and log-ons of its own. Pass `--tls-verify=false` where it talks to the registry. */
export class Buildah extends CommandLine {
  readonly #folder: string

  private constructor(folder: string) {
    super('buildah', ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'], {
      REGISTRY_AUTH_FILE: authFileOf(folder),
    })
    this.#folder = folder
  }

  static async create(): Promise<Buildah> {
    return new Buildah(await createHome('buildah'))
  }

  /** Builds an image of one file with this content, from scratch; resolves with its id. */
  async buildImage(content: string): Promise<string> {
    const file = join(this.#folder, 'content')
    await writeFile(file, content)
    const container = await this.run(['from', 'scratch'])
    await this.run(['copy', '--quiet', container, file, '/content'])
    return this.run(['commit', '--quiet', '--rm', container])
  }

  async dispose(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}

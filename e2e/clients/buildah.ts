import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommandLine } from './command-line'

/** The buildah command with images and log-ons of its own. Pass `--tls-verify=false` where it talks to the registry. */
export class Buildah extends CommandLine {
  readonly #folder: string

  private constructor(folder: string) {
    super('buildah', ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'], {
      REGISTRY_AUTH_FILE: join(folder, 'auth.json'),
    })
    this.#folder = folder
  }

  static async create(): Promise<Buildah> {
    const folder = await mkdtemp(join(tmpdir(), 'stele-buildah-'))
    // Unlike podman and skopeo it insists on the file being there.
    await writeFile(join(folder, 'auth.json'), '{}')
    return new Buildah(folder)
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

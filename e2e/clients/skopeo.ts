import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandLine } from './command-line'
import { authFileOf, createHome } from './home'
import { tarOf } from './tar'

/**
 * The skopeo command with log-ons of its own. Pass `--src-tls-verify=false` or `--dest-tls-verify=false` where it talks
 * to the registry.
 */
export class Skopeo extends CommandLine {
  readonly #folder: string
  #images = 0

  private constructor(folder: string) {
    super('skopeo', ['--insecure-policy', '--tmpdir', folder], { REGISTRY_AUTH_FILE: authFileOf(folder) })
    this.#folder = folder
  }

  static async create(): Promise<Skopeo> {
    return new Skopeo(await createHome('skopeo'))
  }

  /** Makes an image of one file with this content; resolves with its name as the source of `skopeo copy`. */
  async makeImage(content: string): Promise<string> {
    const layer = join(this.#folder, `layer-${++this.#images}.tar`)
    await writeFile(layer, tarOf('content', content))
    const image = `oci:${join(this.#folder, `image-${this.#images}`)}:latest`
    await this.run(['copy', `tarball:${layer}`, image])
    return image
  }

  async dispose(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}

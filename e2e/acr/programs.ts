import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandLine, type CommandResult } from '../clients/command-line'
import { createHome } from '../clients/home'
import { requireCommands } from '../clients/require-commands'
import type { ServerInfo } from '../server'

const root = join(import.meta.dirname, '..', '..')

/** A program of the manual: the file that its first line names. */
export interface Program {
  readonly file: string
  readonly text: string
}

/** The programs that docs/acr-api.md prints. */
export async function programsOfManual(): Promise<readonly Program[]> {
  const text = await readFile(join(root, 'docs', 'acr-api.md'), 'utf8')
  return [...text.matchAll(/^```\w+\n((?:#|\/\/) (\w+\.\w+)\n.*?)^```/gms)].map(([, program = '', file = '']) => ({
    file,
    text: program,
  }))
}

/** Programs of a folder of the test's own, run with the official clients and the administrator's access key. */
export class Programs {
  readonly #folder: string
  readonly #env: Record<string, string>

  private constructor(folder: string, { accessKey }: ServerInfo) {
    this.#folder = folder
    this.#env = { ALIBABA_CLOUD_ACCESS_KEY_ID: accessKey.id, ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKey.secret }
  }

  static async create(server: ServerInfo): Promise<Programs> {
    return new Programs(await createHome('acr'), server)
  }

  async dispose(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** Resolves however it ends. Skips the test where the client is not installed. */
  async run({ file, text }: Program, ...args: string[]): Promise<CommandResult> {
    const [command, ...first] = this.#command(file.split('.').at(-1) ?? '')
    requireCommands(command)
    await writeFile(join(this.#folder, file), text)
    return new CommandLine(command, first, this.#env, this.#folder).attempt([file, ...args])
  }

  #command(extension: string): readonly [string, ...string[]] {
    switch (extension) {
      case 'py':
        return ['stele-python']
      case 'go':
        return ['stele-go']
      case 'java':
        return ['stele-java']
      case 'cjs':
        return ['stele-node']
    }
    throw new Error(`Nothing runs .${extension}`)
  }
}

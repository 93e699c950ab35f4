import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommandLine } from './command-line'

/** A shell in a folder of its own, in which commands that the console shows run as a person would paste them. */
export class Shell {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** In the shell, each name is the client: with the log-ons and images of the test's own. */
  static async create(clients: Readonly<Record<string, CommandLine>>): Promise<Shell> {
    const folder = await mkdtemp(join(tmpdir(), 'stele-shell-'))
    const commands = join(folder, 'bin')
    await mkdir(commands)
    for (const [name, client] of Object.entries(clients)) {
      await writeFile(join(commands, name), client.asScript())
      await chmod(join(commands, name), 0o755)
    }
    return new Shell(folder)
  }

  /** Runs a script; resolves with what it printed, rejects unless each of its commands succeeds. */
  run(script: string, { input, env = {} }: { input?: string; env?: Record<string, string> } = {}): Promise<string> {
    const path = `${join(this.#folder, 'bin')}:${process.env['PATH'] ?? ''}`
    const shell = new CommandLine('bash', ['--norc', '-euo', 'pipefail'], { ...env, PATH: path }, this.#folder)
    return shell.run(['-c', script], input)
  }

  /** Writes a file into the folder in which scripts run. */
  write(name: string, content: string): Promise<void> {
    return writeFile(join(this.#folder, name), content)
  }

  /** Reads a file that a script wrote. */
  read(name: string): Promise<string> {
    return readFile(join(this.#folder, name), 'utf8')
  }

  async dispose(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}

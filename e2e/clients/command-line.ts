import { spawn } from 'node:child_process'

/** How a command ended. */
export interface CommandResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command-line client with fixed first arguments and an environment of its own. */
export class CommandLine {
  readonly #command: string
  readonly #args: readonly string[]
  readonly #env: Readonly<Record<string, string>>
  readonly #folder: string | undefined

  /** `folder` is where the command runs: this process's own, unless told. */
  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>>, folder?: string) {
    this.#command = command
    this.#args = args
    this.#env = env
    this.#folder = folder
  }

  /** A shell script that runs the command, with the arguments that the script gets after its own. */
  asScript(): string {
    const settings = Object.entries({ PATH: process.env['PATH'] ?? '', ...this.#env })
    const assigned = settings.map(([name, value]) => `${name}=${quoted(value)}`)
    return ['#!/bin/sh\nexec env', ...assigned, ...[this.#command, ...this.#args].map(quoted), '"$@"\n'].join(' ')
  }

  /** Runs the command; resolves with what it printed on standard output, rejects unless it succeeds. */
  async run(args: readonly string[], input?: string | Buffer): Promise<string> {
    const { code, stdout, stderr } = await this.attempt(args, input)
    if (code !== 0) throw new Error(`${this.#command} ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`)
    return stdout.trim()
  }

  /** Runs the command and resolves however it ends. */
  attempt(args: readonly string[], input?: string | Buffer): Promise<CommandResult> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.#command, [...this.#args, ...args], {
        env: { ...process.env, ...this.#env },
        cwd: this.#folder,
      })
      let stdout = ''
      let stderr = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
      child.once('error', reject)
      child.once('close', (code) => resolve({ code, stdout, stderr }))
      // A command that needs no input may end before it has read it.
      child.stdin.on('error', () => undefined).end(input)
    })
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

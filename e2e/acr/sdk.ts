import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { requireCommands } from '../clients/require-commands'
import type { ServerInfo } from '../server'

const driver = (file: string) => join(import.meta.dirname, 'drivers', file)

/**
 * The official clients of ACR's API, each with the command that runs it. `scripts/install-clients.sh` installs them at
 * the versions that scripts/clients names.
 */
export const sdks = {
  'Python alibabacloud_cr20181201': ['stele-python', driver('driver.py')],
  'Go cr-20181201/v2': ['stele-acr', 'openapi'],
  'Go services/cr_ee': ['stele-acr', 'classic'],
  'Go tea-rpc': ['stele-acr', 'rpc'],
  'Java com.aliyun:cr20181201': ['stele-java', driver('Driver.java')],
  'npm @alicloud/openapi-client': ['stele-node', driver('openapi-client.mjs')],
  'npm @alicloud/pop-core': ['stele-node', driver('pop-core.mjs')],
} as const satisfies Readonly<Record<string, readonly [string, ...string[]]>>

export type SdkName = keyof typeof sdks

/** Parameters of a call, with their types in the client. */
export type Parameters = Readonly<Record<string, string | number | boolean>>

const answer = z.union([
  z.strictObject({ body: z.record(z.string(), z.unknown()) }),
  z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) }),
])

/** An error that the server answered with, as the client told it. */
class SdkError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

/**
 * An official client, running in its own language. A line of JSON on its standard input is a call,
 * `{ action, parameters }`; it answers with a line: `{ body }`, `{ error: { code, message } }` for an error that the
 * server answered with, or `{ problem }` for anything else, such as a parameter that the client does not know.
 */
export class Sdk {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>
  #printed = ''

  /** Skips the test unless the client is installed. */
  constructor(name: SdkName, { registry, accessKey }: Pick<ServerInfo, 'registry' | 'accessKey'>) {
    const [command, ...args] = sdks[name]
    requireCommands(command)
    this.#process = spawn(command, args, {
      env: {
        ...process.env,
        ACR_ENDPOINT: registry,
        ACR_ACCESS_KEY_ID: accessKey.id,
        ACR_ACCESS_KEY_SECRET: accessKey.secret,
      },
    })
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => (this.#printed += text))
  }

  /** Calls an action, one at a time. Rejects with SdkError when the server refuses. */
  async call(action: string, parameters: Parameters): Promise<Record<string, unknown>> {
    this.#process.stdin.write(`${JSON.stringify({ action, parameters })}\n`)
    const line = await this.#lines.next()
    if (line.done === true) throw new Error(`The client ended at ${action}:\n${this.#printed}`)
    const parsed = answer.safeParse(JSON.parse(line.value))
    if (!parsed.success) throw new Error(`${action}: ${line.value}\n${this.#printed}`)
    if ('error' in parsed.data) throw new SdkError(parsed.data.error.code, parsed.data.error.message)
    return parsed.data.body
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return
    const ended = once(this.#process, 'close')
    this.#process.stdin.end()
    await ended
  }
}

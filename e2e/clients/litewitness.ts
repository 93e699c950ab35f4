import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '@/scripts/lib/find-free-port.mjs'
import { CommandLine } from './command-line'
import { requireCommands } from './require-commands'

/** Adds a log to its database, as its `witnessctl` does, which cannot be built: a module of it is not published any more. */
const addLog = `
import sqlite3, sys
file, origin, key = sys.argv[1:]
db = sqlite3.connect(file)
db.execute("INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=')", (origin,))
db.execute("INSERT INTO key (origin, key) VALUES (?, ?)", (origin, key))
db.commit()
`

/** litewitness, a public witness for transparency logs, with a key of its own. */
export interface Litewitness {
  /** Its verifier key. */
  readonly key: string
  readonly url: string
  /** Lets it cosign a log, which it does not know until then. */
  know(origin: string, key: string): Promise<void>
  stop(): Promise<void>
}

/** Starts a witness of this name. Skips the test where it is not installed. */
export async function startLitewitness(name: string): Promise<Litewitness> {
  requireCommands('litewitness', 'ssh-agent', 'ssh-add', 'ssh-keygen', 'python3')
  const folder = await mkdtemp(join(tmpdir(), 'stele-witness-'))
  const socket = join(folder, 'agent')
  const keyFile = join(folder, 'key')
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'inherit'] })
  await printed(agent.stdout, /SSH_AUTH_SOCK/)
  const keygen = new CommandLine('ssh-keygen', [], {})
  await keygen.run(['-q', '-t', 'ed25519', '-N', '', '-f', keyFile])
  await new CommandLine('ssh-add', ['-q'], { SSH_AUTH_SOCK: socket }).run([keyFile])
  const [, fingerprint = ''] = (await keygen.run(['-l', '-f', keyFile])).split(' ')
  const port = await findFreePort()
  const database = join(folder, 'witness.db')
  const witness = spawn(
    'litewitness',
    ['-db', database, '-name', name, '-key', fingerprint, '-ssh-agent', socket, '-listen', `127.0.0.1:${port}`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const output = await printed(witness.stderr, /msg=listening/)
  return {
    key: /vkey="?([^"\s]+)/.exec(output)?.[1] ?? '',
    url: `http://127.0.0.1:${port}`,
    async know(origin, key) {
      await new CommandLine('python3', ['-c', addLog, database], {}).run([origin, key])
    },
    async stop() {
      witness.kill()
      agent.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Resolves with what a program has printed once that matches. Rejects when it ends before. */
function printed(stream: NodeJS.ReadableStream, expected: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (expected.test(output)) resolve(output)
    })
    stream.once('end', () => reject(new Error(`it ended: ${output}`)))
  })
}

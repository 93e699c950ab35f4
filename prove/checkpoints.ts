import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { ServerInfo } from '@/e2e/server'
import type { Client } from './client'
import type { Violation } from './judge'
import type { Random } from './random'
import { type LogHead, readHead } from './read-log'

const root = join(import.meta.dirname, '..')

/** How often a checkpoint is kept, in milliseconds, and how many at most: then every other one is forgotten. */
const everyMs = 1_000
const keptMax = 32

/** Keeps checkpoints of the log while it grows, until `signal` is aborted, and notes where it went back. */
export async function keepCheckpoints(
  client: Client,
  random: Random,
  instanceId: string,
  signal: AbortSignal,
): Promise<{ readonly kept: readonly LogHead[]; readonly violations: readonly Violation[] }> {
  let kept: LogHead[] = []
  const violations: Violation[] = []
  let size = 0
  for (let n = 0; !signal.aborted; n++) {
    const head = await readHead(client, random, instanceId)
    if (head.size < size) {
      violations.push({ kind: 'log', where: head.path, what: `it went back from ${size} to ${head.size} leaves` })
    }
    size = head.size
    if (size > 0) kept.push(head)
    if (kept.length > keptMax) kept = kept.filter((_, index) => index % 2 === 0)
    await setTimeout(everyMs, undefined, { signal }).catch(() => null)
  }
  return { kept, violations }
}

/** Runs `npm run stele -- log verify` on the log of a server, against checkpoints of before; returns what it finds. */
export async function verifyLog(
  { url, accessKey }: ServerInfo,
  { path, keys }: LogHead,
  kept: readonly LogHead[],
  folder: string,
): Promise<readonly Violation[]> {
  const files = kept.map((_, index) => join(folder, `checkpoint-${index}`))
  await Promise.all(files.map((file, index) => writeFile(file, kept[index]?.checkpoint ?? '')))
  const against = files.flatMap((file) => ['--against', file])
  const key = keys.flatMap((text) => ['--key', text])
  const args = ['log', 'verify', `${url}${path}`, '--credential-stdin', ...key, ...against]
  const { code, output } = await run(args, `${accessKey.id}:${accessKey.secret}\n`)
  if (code === 0) return []
  const lines = output.split('\n').filter((line) => line.startsWith('- '))
  const found = lines.length > 0 ? lines : [`log verify ended with ${code}: ${output}`]
  return found.map((what) => ({ kind: 'log', where: path, what }))
}

function run(
  args: readonly string[],
  input: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'scripts', 'stele.mjs'), ...args], { cwd: root })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    }
    child.on('error', reject).on('close', (code) => resolve({ code, output }))
    child.stdin.end(input)
  })
}

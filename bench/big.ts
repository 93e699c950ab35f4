import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { print, printTable, verdict } from './report'

const root = join(import.meta.dirname, '..')
const delays = join('scripts', 'measure-delays.ts')

const answerMaxMs = 100
const pullMaxMs = 50
const startMaxMs = 2000

/** What no page asks for: downloads, jobs, and commands beside the server. They must delay nobody, whatever they take. */
const isLong =
  /^nothing$|^export|^garbage collection|^scrub$|^a change|^deletion|start|npm run|preview of an instance|counted now/

/**
 * Measures requests of the console's pages, of the REST API and of jobs on a database with a million tags: how long
 * their answers take, and how long a pull waits meanwhile. The scripts of the project do it; `folder` is what
 * scripts/big-database.ts made before, or null to make it, which takes minutes. The measurement deletes from it.
 */
export async function printBigDatabase(folder: string | null): Promise<void> {
  if (!existsSync(join(root, delays))) {
    print(`\nThe big database is not measured: there is no ${delays}.`)
    return
  }
  const made = folder ?? (await mkdtemp(join(tmpdir(), 'stele-bench-big-')))
  try {
    if (folder === null) {
      const making = script(join('scripts', 'big-database.ts'), '--dir', made, '--shape', 'one')
      making.stdout?.pipe(process.stderr)
      await ended(making)
    }
    await printDelays(made)
  } finally {
    if (folder === null) await rm(made, { recursive: true, force: true })
  }
}

async function printDelays(folder: string): Promise<void> {
  const measuring = script(delays, '--dir', folder)
  const rows: string[][] = []
  let start = ''
  if (measuring.stdout !== null) {
    for await (const line of createInterface({ input: measuring.stdout })) {
      const startMs = /^start: (\d+) ms$/.exec(line)?.[1]
      if (startMs !== undefined) start = `${startMs} ms; target: under 2 s, ${verdict(Number(startMs) < startMaxMs)}`
      const cells = line.split('|').map((cell) => cell.trim())
      const [name = '', , answer, pull] = cells.slice(1)
      if (!/^\d+$/.test(answer ?? '')) continue
      const isFast = isLong.test(name) ? '' : verdict(Number(answer) < answerMaxMs)
      rows.push([name, `${answer} ms`, isFast, `${pull} ms`, verdict(Number(pull) < pullMaxMs)])
    }
  }
  await ended(measuring)
  print(`\nStart with the big database: ${start}`)
  printTable(
    ['request or job', 'slowest answer', `under ${answerMaxMs} ms`, 'longest pull meanwhile', `under ${pullMaxMs} ms`],
    rows,
  )
}

function script(...args: string[]): ChildProcess {
  const node = ['--import', 'tsx', ...args]
  const child = spawn(process.execPath, node, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  errors.set(child, '')
  // The server logs each blob that a scrub misses: all of them.
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => errors.set(child, ((errors.get(child) ?? '') + text).slice(-2000)))
  return child
}

/** The end of what scripts printed on standard error. */
const errors = new WeakMap<ChildProcess, string>()

async function ended(child: ChildProcess): Promise<void> {
  const code = child.exitCode ?? (await new Promise<number | null>((resolve) => child.once('close', resolve)))
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} ended with ${code}:\n${errors.get(child)}`)
}

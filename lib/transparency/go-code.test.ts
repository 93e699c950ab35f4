import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TagHistory } from '@/lib/testing/tag-history'
import { TestLog } from '@/lib/testing/test-log'

/*
 * Public Go code reads the logs that this code writes: `golang.org/x/mod/sumdb/note` and `tlog`, in the program
 * scripts/clients/log-check.
 */

const run = promisify(execFile)

let folder: string
let isInstalled: boolean

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stele-log-'))
  isInstalled = await run('stele-log-check', []).then(
    () => true,
    (error: unknown) => (error as NodeJS.ErrnoException).code !== 'ENOENT',
  )
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function logCheck(...args: string[]) {
  return run('stele-log-check', args).then(
    ({ stdout }) => ({ code: 0, text: stdout.trim() }),
    (error: unknown) => {
      const { code, stderr } = error as { code: number; stderr: string }
      return { code, text: stderr.trim() }
    },
  )
}

/** Writes a log in steps; returns it with the files of all its checkpoints. */
async function writeLog(sizes: readonly number[]) {
  const leaves = new TagHistory(6).run(Math.max(...sizes))
  const log = await TestLog.of([])
  const checkpoints: string[] = []
  for (const size of sizes) {
    await log.append(leaves.slice(log.size, size))
    const file = path.join(folder, `checkpoint-${size}`)
    await writeFile(file, log.checkpoint)
    checkpoints.push(file)
  }
  await mkdir(path.join(folder, 'log'))
  await log.writeTo(path.join(folder, 'log'))
  return { log, checkpoints, where: path.join(folder, 'log') }
}

/** CI has it (.ci/run). */
function needed(context: { readonly skip: (condition: boolean, note: string) => void }): void {
  context.skip(!isInstalled, 'stele-log-check is not on PATH: scripts/install-clients.sh')
}

const sizes = [0, 1, 2, 255, 256, 257, 300, 511, 512, 513, 1500]

test('every leaf is included, and any two checkpoints are consistent', async (context) => {
  needed(context)
  const { log, checkpoints, where } = await writeLog(sizes)
  expect(await logCheck('-key', log.key.text, where, ...checkpoints)).toEqual({
    code: 0,
    // The checkpoint of the log itself is one more.
    text: `${log.origin}: 1500 leaves are included, ${(sizes.length * (sizes.length + 1)) / 2} pairs of checkpoints are consistent`,
  })
})

test('from a server too', async (context) => {
  needed(context)
  const { log } = await writeLog([700])
  const server = createServer((request, response) => {
    const bytes = log.files.get(request.url?.replace('/log/example/', '') ?? '')
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    const checked = await logCheck('-key', log.key.text, `http://127.0.0.1:${port}/log/example`)
    expect(checked).toMatchObject({ code: 0, text: expect.stringContaining('700 leaves are included') as string })
  } finally {
    server.close()
  }
})

test('what was changed is found there as well', async (context) => {
  needed(context)
  const { log, checkpoints, where } = await writeLog([300, 700])
  const other = await TestLog.of(new TagHistory(7).run(300).slice(0, 300), log)
  await writeFile(path.join(folder, 'fork'), other.checkpoint)
  const forked = await logCheck('-key', log.key.text, where, ...checkpoints, path.join(folder, 'fork'))
  expect(forked).toMatchObject({ code: 1, text: expect.stringContaining('not of one log') as string })

  const stranger = await TestLog.of([])
  expect(await logCheck('-key', stranger.key.text, where)).toMatchObject({ code: 1 })

  const bundle = path.join(where, 'tile/entries/001')
  const bytes = await readFile(bundle)
  bytes[100] = (bytes[100] as number) ^ 1
  await writeFile(bundle, bytes)
  expect(await logCheck('-key', log.key.text, where)).toMatchObject({
    code: 1,
    text: expect.stringMatching(/^leaf 256 is not included/) as string,
  })
})

import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startPeers } from './peers'
import type { Registry } from './registry'

let folder: string
let registries: Registry[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stele-peers-'))
})
afterEach(async () => {
  for (const registry of registries) await registry.stop()
  registries = []
  await rm(folder, { recursive: true, force: true })
})

/** A program that takes zot's arguments and configuration, and answers where that says. */
async function makeZot(): Promise<string> {
  const program = join(folder, 'zot.cjs')
  await writeFile(
    program,
    `#!${process.execPath}
const [command, file] = process.argv.slice(2)
if (command === '--version') { console.log('{"level":"info","commit":"v2 of the test"}'); process.exit() }
const { http, storage, log } = JSON.parse(require('node:fs').readFileSync(file, 'utf8'))
if (command !== 'serve' || !storage.rootDirectory || log.level !== 'error') process.exit(1)
require('node:http').createServer((_, response) => response.end()).listen(Number(http.port), http.address)
`,
  )
  await chmod(program, 0o755)
  return program
}

test('zot is started with its configuration, measured and stopped', async () => {
  registries = await startPeers({ distribution2: undefined, distribution3: undefined, zot: await makeZot() })
  const [zot] = registries
  expect(zot).toMatchObject({ kind: 'zot', version: 'v2 of the test', account: null })
  expect((await fetch(`http://127.0.0.1:${zot?.port}/v2/`)).status).toBe(200)
  expect(await zot?.memoryMiB()).toBeGreaterThan(1)
  expect(await zot?.cpuSeconds()).toBeGreaterThan(0)
})

test('a registry that is not installed is left out', async () => {
  const missing = join(folder, 'none')
  expect(await startPeers({ distribution2: missing, distribution3: missing, zot: missing })).toEqual([])
})

import { mkdtemp, rm } from 'node:fs/promises'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { transparencyLog } from '@/lib/api/schemas/instances'
import { Api } from '../api'
import { CommandLine } from '../clients/command-line'
import { type Litewitness, startLitewitness } from '../clients/litewitness'
import { expect, pushImage, test } from '../fixtures'
import { type StartedServer, startServer } from '../server'

/*
 * A server whose log is cosigned by litewitness, a public witness, and refuses one that lies.
 */

const root = join(import.meta.dirname, '..', '..')
const stele = new CommandLine(process.execPath, [join(root, 'dist', 'command.mjs')], { NODE_ENV: 'production' }, root)
const metricsToken = 'token-of-the-metrics'

/** A key of a witness that nobody has. */
const liarKey = 'witness.example/liar+5ca73af4+BBFfBngib/7WtVAjFBFxIP3zhq1OQYvOaZlrABqHwC70'

let witness: Litewitness
let liar: Server
let server: StartedServer
let folder: string

test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stele-witnesses-'))
  witness = await startLitewitness('witness.example/honest')
  // It has seen a larger log, it says.
  liar = createServer((_, response) => response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('4711\n'))
  await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve))
  server = await startServer({ env: settings() })
})
test.afterEach(async () => {
  liar.close()
  await witness.stop()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

function settings(): Record<string, string> {
  const { port } = liar.address() as AddressInfo
  return {
    STELE_LOG_WITNESSES: `${witness.key} ${witness.url}, ${liarKey} http://127.0.0.1:${port}`,
    STELE_METRICS_TOKEN: metricsToken,
  }
}

test('what is pushed without a pause is cosigned by litewitness, across a kill; one that lies is refused and named', async () => {
  let api = new Api(server)
  const { id } = await api.defaultInstance()
  const read = () => api.send('GET', `/instances/${id}/transparency-log`, transparencyLog)
  const standing = async (name: string) => (await read()).witnesses.find((one) => one.name === name)
  expect((await api.request('PATCH', `/instances/${id}`, { isLogPublic: true })).status).toBe(200)

  // The witness does not know the log yet.
  await expect
    .poll(() => standing('witness.example/honest'), { timeout: 60_000 })
    .toMatchObject({ state: 'BEHIND', size: 0, failure: 'LOG_UNKNOWN' })
  const { origin, keys, path } = await read()
  const [key = ''] = keys
  await witness.know(origin, key)
  await expect.poll(() => standing('witness.example/honest'), { timeout: 60_000 }).toMatchObject({ state: 'COSIGNED' })

  const verify = () => stele.attempt(['log', 'verify', `${server.url}${path}`, '--key', key, '--witness', witness.key])
  const stop = new AbortController()
  const pushing = (async () => {
    let count = 0
    while (!stop.signal.aborted) await pushImage(server, 'test/example', `v${++count}`)
    return count
  })()
  const sizes: number[] = []
  for (let n = 0; n < 3; n++) {
    const { code, stdout, stderr } = await verify()
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('Cosigned by witness.example/honest at ')
    sizes.push(Number(/: (\d+) leaves\./.exec(stdout)?.[1]))
  }
  stop.abort()
  const pushed = await pushing
  expect(sizes[2]).toBeGreaterThan(sizes[0] ?? 0)
  // Once for each kind of failure, so not again after the kill.
  const lies = '"witness":"witness.example/liar","failure":"AHEAD"'
  await expect.poll(() => server.output(), { timeout: 60_000 }).toContain(lies)

  await server.kill()
  server = await startServer({ dataDir: server.dataDir, port: server.port, env: settings() })
  api = new Api(server)
  await pushImage(server, 'test/example', 'after')
  // started, the policy, and the pushes
  await expect
    .poll(() => standing('witness.example/honest'), { timeout: 60_000 })
    .toMatchObject({ state: 'COSIGNED', size: pushed + 3, behind: 0 })
  expect((await verify()).code).toBe(0)

  expect(await standing('witness.example/liar')).toMatchObject({ state: 'REFUSED', size: 0, failure: 'AHEAD' })
  const authorization = `Bearer ${metricsToken}`
  const metrics = await (await fetch(`${server.url}/metrics`, { headers: { authorization } })).text()
  expect(metrics).toContain('stele_transparency_witness_refused{witness="witness.example/liar"} 1')
  expect(metrics).toContain('stele_transparency_witness_refused{witness="witness.example/honest"} 0')
  const missing = await stele.attempt(['log', 'verify', `${server.url}${path}`, '--key', key, '--witness', liarKey])
  expect(missing.code).toBe(1)

  const go = await new CommandLine('stele-log-check', [], {}, folder).attempt(['-key', key, `${server.url}${path}`])
  expect(go).toMatchObject({ code: 0 })
})

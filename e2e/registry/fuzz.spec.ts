import { existsSync } from 'node:fs'
import { sweep } from '@/scripts/lib/sweep.mjs'
import { Api, basic } from '../api'
import { expect, pushImage, test } from '../fixtures'
import { type FuzzOptions, fuzz } from './fuzzer'
import { WireConnection } from './wire-connection'
import { countOpenFiles, readResidentBytes } from './memory'

/*
 * Requests over the whole grammar of `/v2`, generated from a seed: what clients send, in any order, with anything odd
 * that can be done to it on the way. Every answer is checked against what was acknowledged before (fuzz-model.ts). A
 * failure prints the seed, and the requests as lines for a shell; FUZZ_SEED=<seed> finds it again.
 */

/** How many on each database, and over S3, which is on PostgreSQL: it is the same code but for queries and the store. */
const requests = {
  sqlite: Number(process.env['FUZZ_REQUESTS'] ?? sweep(3_000, 30_000)),
  postgresql: sweep(1_500, 10_000),
  s3: sweep(750, 10_000),
}
const warmUpRequests = sweep(1_500, 5_000)
const clients = 8

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 1e9))

/** The most that what runs beside the requests may open meanwhile: connections to a database, timers' files. */
const strayFiles = 20

/** Of the server's heap, which holds about 55 MiB that are in use. (Source maps would be 35 MiB more.) */
const heapMaxMebibytes = 112

/** Two kilobytes a request, and more than a heap of that size breathes. */
const growthMaxBytes = 100 * 1024 * 1024

for (const database of ['sqlite', 'postgresql'] as const) {
  test(`no request breaks the server, breaks a promise or leaves anything behind: ${database}`, async ({
    startPrivateServer,
    postgresql,
    storage,
  }) => {
    test.skip(!existsSync('/proc/self/fd'), 'needs the process folders of Linux')
    test.setTimeout(600_000)
    const options = await postgresql.startOptions(database)
    // Thousands of refusals are no news.
    // A small heap: what is left behind by requests fills it soon, and what may be collected is, so that the process's
    // size tells something.
    const env = { STELE_LOG_LEVEL: 'error', NODE_OPTIONS: `--max-old-space-size=${heapMaxMebibytes}` }
    const server = await startPrivateServer({ ...options, env })
    const api = new Api(server)
    const digest = await pushImage(server, 'test/example', 'before')
    const run = async (options: FuzzOptions) => {
      try {
        return await fuzz(server, api, options)
      } catch (cause) {
        // A server that ended says why there.
        throw new Error(`${String(cause)}\n\nThe server printed last:\n${server.output().slice(-3000)}`, { cause })
      }
    }

    await run({ seed, requests: warmUpRequests, clients })
    const before = { files: await countOpenFiles(server.pid), bytes: await readResidentBytes(server.pid) }
    const report = await run({
      seed: seed + 100_000,
      requests: requests[storage === 's3' ? 's3' : database],
      clients,
    })

    const open = () => countOpenFiles(server.pid)
    await expect.poll(open, { timeout: 60_000 }).toBeLessThanOrEqual(before.files + strayFiles)
    const grown = async () => (await readResidentBytes(server.pid)) - before.bytes
    await expect.poll(grown, { timeout: 60_000 }).toBeLessThan(growthMaxBytes)
    expect(await pushImage(server, 'test/example', 'after', 'before')).toBe(digest)
    test.info().annotations.push({
      type: 'fuzz',
      description: `seed ${seed}: ${report.requests} requests, ${JSON.stringify(Object.fromEntries(report.statuses))}, ${await grown()} bytes more`,
    })
    // Refusals alone would test little.
    for (const what of [
      'PUT manifests 201',
      'PATCH uploads 202',
      'PUT uploads 201',
      'GET blobs 206',
      'POST uploads 201',
    ]) {
      expect(report.successes.get(what) ?? 0, what).toBeGreaterThan(0)
    }
  })
}

test('a request that asks to speak another protocol is answered, after the console was asked too', async ({
  server,
}) => {
  await fetch(`${server.url}/login`)
  for (const protocol of ['websocket', 'h2c']) {
    const asking = [
      ...['GET /v2/ HTTP/1.1', `Host: ${server.registry}`, `Connection: Upgrade, close`],
      ...[`Upgrade: ${protocol}`, `Authorization: ${basic(server.admin.name, server.admin.password)}`],
    ]
    const connection = await WireConnection.open(server.port)
    connection.write(Buffer.from(`${asking.join('\r\n')}\r\n\r\n`))
    expect((await connection.read(false, 10_000))?.status).toBe(200)
    connection.destroy()
  }
})

import { Agent, request } from 'node:https'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { basic } from '../api'
import { digestOf } from '../digest'
import { imageManifest, manifestType } from '../image-manifest'
import { expect, test } from '../fixtures'
import { type Proxy, planProxy, proxies } from '../proxies'
import type { StartedServer } from '../server'
import { generateBlob } from '../registry/generated-blob'

/*
 * Three servers over one PostgreSQL and one S3 store, behind the very configurations of docs/scale.md: one registry, from
 * which a server can be taken without a client noticing.
 */

const mebibyte = 1024 * 1024

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** A client of the registry behind a proxy. Each of its requests has a connection of its own. */
class Client {
  readonly #proxy: Proxy
  readonly #authorization: string
  readonly #ca: Buffer

  constructor(proxy: Proxy, { admin }: StartedServer) {
    this.#proxy = proxy
    this.#authorization = basic(admin.name, admin.password)
    this.#ca = readFileSync(proxy.certificateFile)
  }

  /** Sends a request. With `expect`, its body is sent when the server asks for it; `pauseMs` is between its pieces. */
  send(
    method: string,
    path: string,
    {
      headers = {},
      body = [],
      pauseMs = 0,
    }: { headers?: OutgoingHttpHeaders; body?: Iterable<Uint8Array>; pauseMs?: number } = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const url = new URL(path, this.#proxy.url)
      const agent = new Agent({ ca: this.#ca })
      const sent = request(url, { method, agent, headers: { authorization: this.#authorization, ...headers } })
      sent.on('error', reject)
      sent.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject)
        response.on('end', () => {
          const { statusCode: status = 0, headers: received } = response
          resolve({ status, headers: received, body: Buffer.concat(chunks) })
        })
      })
      const sendBody = async () => {
        for (const chunk of body) {
          if (sent.destroyed) return
          sent.write(chunk)
          if (pauseMs > 0 || sent.writableNeedDrain) await setTimeout(pauseMs)
        }
        sent.end()
      }
      if ('expect' in headers) {
        sent.once('continue', () => void sendBody())
        sent.flushHeaders()
      } else void sendBody()
    })
  }

  /** Pushes an image of one layer. Rejects with the first answer that is not a success. */
  async push(path: string, tag: string, content: string): Promise<void> {
    const layer = Buffer.from(content)
    const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', content }))
    for (const blob of [config, layer]) {
      const started = await this.expect(202, 'POST', `/v2/${path}/blobs/uploads/`)
      const end = locationOf(started, digestOf(blob))
      await this.expect(201, 'PUT', end, { body: [blob], headers: { 'content-length': blob.length } })
    }
    const manifest = imageManifest(config, layer)
    const headers = { 'content-type': manifestType, 'content-length': manifest.length }
    await this.expect(201, 'PUT', `/v2/${path}/manifests/${tag}`, { body: [manifest], headers })
  }

  async expect(
    status: number,
    method: string,
    path: string,
    extras: Parameters<Client['send']>[2] = {},
  ): Promise<Answer> {
    const answer = await this.send(method, path, extras)
    if (answer.status === status) return answer
    throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.body.toString().slice(0, 300)}`)
  }
}

/** Where an upload goes on, and ends. */
function locationOf({ headers }: Answer, digest: string): string {
  const { pathname, searchParams } = new URL(headers.location ?? '', 'https://none')
  searchParams.set('digest', digest)
  return `${pathname}?${searchParams.toString()}`
}

for (const kind of proxies) {
  test.describe(kind, () => {
    let proxy: Proxy | undefined
    test.afterEach(async () => {
      await proxy?.stop()
      proxy = undefined
    })

    test('three servers behind it are one registry, and one that is taken away is not missed', async ({
      postgresql,
      s3,
      startPrivateServer,
      browser,
    }) => {
      test.setTimeout(180_000)
      const planned = await planProxy(kind)
      const { url } = planned
      const { databaseUrl = '' } = await postgresql.startOptions('postgresql')
      const { env } = await s3.createBucket()
      const settings = { ...env, STELE_PUBLIC_URL: url, STELE_TRUSTED_PROXIES: 'loopback', STELE_PROCESSES: '1' }
      const startServer = () => startPrivateServer({ databaseUrl, env: settings })
      const servers = await Promise.all([startServer(), startServer(), startServer()])
      proxy = await planned.start(servers.map(({ port }) => port))
      const client = new Client(proxy, servers[0])
      const path = 'test/example'

      // Large layers: chunked, in two chunks to whichever servers; and in one piece that is asked for.
      const layer = generateBlob(path, 48 * mebibyte)
      const started = await client.expect(202, 'POST', `/v2/${path}/blobs/uploads/`)
      const half = layer.sizeBytes / 2
      const patched = await client.expect(202, 'PATCH', locationOf(started, ''), { body: layer.read(0, half) })
      await client.expect(201, 'PUT', locationOf(patched, layer.digest), { body: layer.read(half) })
      const other = generateBlob('other', 48 * mebibyte)
      const again = await client.expect(202, 'POST', `/v2/${path}/blobs/uploads/`)
      const headers = { expect: '100-continue', 'content-length': other.sizeBytes }
      await client.expect(201, 'PUT', locationOf(again, other.digest), { body: other.read(), headers })
      for (const { digest } of [layer, other]) {
        const { body } = await client.expect(200, 'GET', `/v2/${path}/blobs/${digest}`)
        expect(digestOf(body)).toBe(digest)
      }

      // The console, whose requests go to all three.
      const context = await browser.newContext({ ignoreHTTPSErrors: true })
      const page = await context.newPage()
      await page.goto(`${url}/login`)
      await page.getByLabel('User name').fill(servers[0].admin.name)
      await page.getByLabel('Password', { exact: true }).fill(servers[0].admin.password)
      await page.getByRole('button', { name: 'Log On', exact: true }).click()
      await expect(page.getByRole('heading', { level: 1, name: 'Instances' })).toBeVisible()
      for (let n = 0; n < 3; n++) {
        await page.reload()
        await expect(page.getByRole('heading', { level: 1, name: 'Instances' })).toBeVisible()
      }
      await context.close()

      // Two servers are taken away, one after the other, while clients push and pull, and one uploads a layer slowly.
      const drained = generateBlob('drained', 30 * mebibyte)
      const slow = await client.expect(202, 'POST', `/v2/${path}/blobs/uploads/`)
      const upload = client.expect(201, 'PUT', locationOf(slow, drained.digest), { body: drained.read(), pauseMs: 200 })
      const failures: string[] = []
      let isDone = false
      let pushes = 0
      const work = async (worker: number) => {
        for (let n = 0; !isDone; n++) {
          try {
            await client.push(path, `w${worker}-${n}`, `${worker} ${n}`)
            await client.expect(200, 'GET', `/v2/${path}/manifests/w${worker}-${n}`)
            pushes++
          } catch (error) {
            failures.push(String(error))
          }
        }
      }
      const workers = [1, 2, 3].map(work)
      const pushesAt = (count: number) => expect.poll(() => pushes, { timeout: 60_000 }).toBeGreaterThanOrEqual(count)
      await pushesAt(5)
      expect(await servers[1].stop()).toBe(0)
      await pushesAt(pushes + 5)
      expect(await servers[2].stop()).toBe(0)
      await pushesAt(pushes + 5)
      await upload
      isDone = true
      await Promise.all(workers)
      expect([failures, proxy.output().match(/panic|emerg/)]).toEqual([[], null])
      await client.expect(200, 'HEAD', `/v2/${path}/blobs/${drained.digest}`)
    })
  })
}

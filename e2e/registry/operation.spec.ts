import { rename } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { basic, Api } from '../api'
import { digestOf } from '../digest'
import { expect, pushImage, test } from '../fixtures'
import type { ServerInfo, StartedServer } from '../server'
import { blobFolder } from '../stored-blobs'
import { generateBlob } from './generated-blob'
import { open, send, startUpload } from './http'
import { exchangeRaw, statusesIn } from './raw-connection'

const mebibyte = 1024 * 1024
const metricsToken = 'token-of-the-metrics-0123'

test.describe('probes', () => {
  test('a lost storage makes the server unready, not dead; it is ready again by itself', async ({
    startPrivateServer,
  }) => {
    const server = await startPrivateServer()
    await expect.poll(() => probe(server, '/readyz')).toEqual([200, { status: 'ready', failing: [] }])

    const folder = blobFolder(server)
    await rename(folder, `${folder}-away`)

    expect(await probe(server, '/readyz')).toEqual([503, { status: 'failing', failing: ['storage'] }])
    expect(await probe(server, '/healthz')).toEqual([200, { status: 'alive' }])
    await expect
      .poll(() => linesOf(server))
      .toContainEqual(expect.objectContaining({ level: 'error', part: 'storage' }))

    await rename(`${folder}-away`, folder)

    expect(await probe(server, '/readyz')).toEqual([200, { status: 'ready', failing: [] }])
  })
})

test.describe('metrics', () => {
  test('are off unless a token is set', async ({ server }) => {
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404)
  })

  test('show a refused push, the bytes that came and went, and open uploads, to who has the token', async ({
    startPrivateServer,
  }) => {
    const server = await startPrivateServer({ env: { STELE_METRICS_TOKEN: metricsToken } })
    const { name } = await new Api(server).createRepository({ tagImmutability: true })
    const path = `test/${name}`
    await pushImage(server, path, 'v1', 'first')
    await expect(pushImage(server, path, 'v1', 'second')).rejects.toThrow(/409/)
    const blob = generateBlob('metrics', 8 * mebibyte)
    const upload = await startUpload(server, path)
    await send(server, 'PUT', `${upload}?digest=${blob.digest}`, { body: blob.read() })
    await send(server, 'GET', `/v2/${path}/blobs/${blob.digest}`)
    await startUpload(server, path)

    expect((await fetch(`${server.url}/metrics`)).status).toBe(401)
    const metrics = await readMetrics(server)

    expect(metrics.get('stele_refused_pushes_total{reason="TAG_IMMUTABLE"}')).toBe(1)
    const pushes = 'stele_http_requests_total{door="registry",route="/v2/{name}/manifests/{reference}",method="PUT"'
    expect(metrics.get(`${pushes},status="201"}`)).toBe(1)
    expect(metrics.get(`${pushes},status="409"}`)).toBe(1)
    for (const name of ['stele_http_received_bytes_total', 'stele_http_sent_bytes_total']) {
      expect(metrics.get(name)).toBeGreaterThan(8 * mebibyte)
      expect(metrics.get(name)).toBeLessThan(9 * mebibyte)
    }
    expect(metrics.get('stele_uploads_open')).toBe(1)
    expect(metrics.get('stele_database_up')).toBe(1)
    // Nothing in them says what the registry holds.
    expect([...metrics.keys()].join('\n')).not.toContain(name)
  })
})

test.describe('a stop', () => {
  test('lets an upload and a download end, begins no other upload, and says so to who asks', async ({
    startPrivateServer,
  }) => {
    const server = await startPrivateServer()
    const image = generateBlob('download', 64 * mebibyte)
    await send(server, 'PUT', `${await startUpload(server, 'test/example')}?digest=${image.digest}`, {
      body: image.read(),
    })
    const content = Buffer.alloc(4 * mebibyte, 'content')
    const upload = await startUpload(server, 'test/example')
    // Far more than what fits between the two, so that the server is in the middle of it until it is read.
    const download = await open(server, 'GET', `/v2/test/example/blobs/${image.digest}`)
    async function* slowly() {
      yield content.subarray(0, mebibyte)
      process.kill(server.pid, 'SIGTERM')
      await expect.poll(() => probe(server, '/readyz')).toEqual([503, { status: 'stopping', failing: [] }])
      expect(await probe(server, '/healthz')).toEqual([200, { status: 'alive' }])

      const refused = await send(server, 'POST', '/v2/test/example/blobs/uploads/')
      expect(refused.status).toBe(503)
      expect(refused.headers).toMatchObject({ 'retry-after': '5', connection: 'close' })
      expect(JSON.parse(refused.body.toString())).toMatchObject({ errors: [{ code: 'UNKNOWN' }] })
      yield content.subarray(mebibyte)
    }

    const chunk = await send(server, 'PATCH', upload, { body: slowly() })
    expect(chunk.status).toBe(202)
    // Over a connection of its own, as a client behind a proxy would.
    const finished = await send(server, 'PUT', `${upload}?digest=${digestOf(content)}`)
    expect(finished.status).toBe(201)
    expect(digestOf(await readAll(download))).toBe(image.digest)

    // Each of its processes; a second signal would hurry them.
    const stopped = () => linesOf(server).filter(({ msg }) => msg === 'stopped')
    await expect.poll(() => stopped().map(({ cut }) => cut), { timeout: 30_000 }).toEqual([false, false])
    expect(await server.stop()).toBe(0)
  })

  test('cuts after its limit what does not end; the upload goes on where it was after the next start', async ({
    startPrivateServer,
  }) => {
    const first = await startPrivateServer({ env: { STELE_STOP_TIMEOUT_SECONDS: '1' } })
    const content = Buffer.alloc(2 * mebibyte, 'content')
    const upload = await startUpload(first, 'test/example')
    let cut: () => void = () => {}
    const isCut = new Promise<void>((resolve) => (cut = resolve))
    async function* halfAndNoMore() {
      yield content.subarray(0, mebibyte)
      await isCut
    }
    const patch = send(first, 'PATCH', upload, { body: halfAndNoMore() }).catch(() => null)
    await expect.poll(() => storedBytes(first, upload)).toBeGreaterThan(0)

    process.kill(first.pid, 'SIGTERM')

    expect(await patch).toBeNull()
    cut()
    await expect.poll(() => linesOf(first)).toContainEqual(expect.objectContaining({ msg: 'stopped', cut: true }))
    await first.kill()
    const second = await startPrivateServer({ dataDir: first.dataDir })
    const stored = await storedBytes(second, upload)
    expect(stored).toBeGreaterThan(0)
    const finished = await send(second, 'PUT', `${upload}?digest=${digestOf(content)}`, {
      body: content.subarray(stored),
    })
    expect(finished.status).toBe(201)
  })

  test('after its limit ends with 0 too', async ({ startPrivateServer }) => {
    const server = await startPrivateServer({ env: { STELE_STOP_TIMEOUT_SECONDS: '0' } })
    const download = generateBlob('cut', 64 * mebibyte)
    await send(server, 'PUT', `${await startUpload(server, 'test/example')}?digest=${download.digest}`, {
      body: download.read(),
    })
    const answer = await open(server, 'GET', `/v2/test/example/blobs/${download.digest}`)

    expect(await server.stop()).toBe(0)

    await expect(readAll(answer)).rejects.toThrow('aborted')
  })
})

test('every request has one line of JSON, found by its id, and no line has a secret', async ({
  startPrivateServer,
}) => {
  const server = await startPrivateServer()
  const digest = await pushImage(server, 'test/example', 'v1', 'logged')
  const upload = await startUpload(server, 'test/example')
  const session = await fetch(`${server.url}/api/v1/session`, {
    method: 'POST',
    headers: { origin: server.url, 'content-type': 'application/json' },
    body: JSON.stringify({ userName: server.admin.name, password: server.admin.password }),
  })
  const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? ''
  const wrong = { ...server, admin: { name: 'admin', password: 'a-wrong-password-1' } }
  const answers = {
    'GET /v2/test/example/manifests/v1 200': await send(server, 'GET', '/v2/test/example/manifests/v1'),
    'GET /v2/test/example/manifests/none 404': await send(server, 'GET', '/v2/test/example/manifests/none'),
    'GET /v2/ 401': await send(wrong, 'GET', '/v2/'),
    [`PUT ${upload} 201`]: await send(server, 'PUT', `${upload}?digest=${digestOf(Buffer.from('x'))}&state=hidden-1`, {
      body: Buffer.from('x'),
    }),
    'GET /api/v1/instances 200': await new Api(server).request('GET', '/instances?search=hidden-2'),
    'GET /cn-hangzhou/instances 200': await fetch(`${server.url}/cn-hangzhou/instances?search=hidden-3`, {
      headers: { cookie },
    }),
  }

  for (const [name, { headers }] of Object.entries(answers)) {
    const requestId = headers instanceof Headers ? headers.get('x-request-id') : headers['x-request-id']
    const [method, path, status] = name.split(' ')
    await expect
      .poll(() => linesOf(server).filter((line) => line['requestId'] === requestId))
      .toEqual([expect.objectContaining({ msg: 'request', method, path, status: Number(status), whole: true })])
  }
  expect(linesOf(server)).toContainEqual(expect.objectContaining({ status: 404, error: 'MANIFEST_UNKNOWN' }))

  const secrets = [
    ...[server.admin.password, wrong.admin.password, server.accessKey.secret],
    ...[basic(server.admin.name, server.admin.password), basic(server.accessKey.id, server.accessKey.secret)],
    ...[cookie.split('=')[1] ?? '', 'hidden-', `digest=${digest}`],
  ]
  expect(secrets).not.toContain('')
  for (const secret of secrets) expect(server.output()).not.toContain(secret.replace(/^Basic /, ''))
})

test.describe('the head of a request', () => {
  test('is refused when it is too long', async ({ server }) => {
    const longHeaders = `GET /v2/ HTTP/1.1\r\nHost: x\r\n${'X-Filler: 0123456789\r\n'.repeat(1000)}\r\n`
    expect(statusesIn(await exchangeRaw(server.port, longHeaders))).toEqual([431])
    for (const path of ['/v2/', '/', '/api/v1/regions?a=']) {
      const { status } = await send(server, 'GET', path + 'a'.repeat(9000))
      expect(status).toBe(414)
    }
  })

  test('is cut when it comes too slowly, and others are served meanwhile', async ({ server }) => {
    test.slow()
    const slow = Array.from({ length: 50 }, () => exchangeRaw(server.port, 'GET /v2/ HTTP/1.1\r\nHost: x\r\nX-Sl'))
    expect((await send(server, 'GET', '/v2/')).status).toBe(200)
    for (const received of slow) expect(statusesIn(await received)).toEqual([408])
  })
})

/** A probe's status and what it says. */
async function probe(server: ServerInfo, path: string): Promise<[number, unknown]> {
  const response = await fetch(server.url + path)
  return [response.status, await response.json()]
}

/** The metrics by name and labels, as Prometheus reads them. */
async function readMetrics(server: ServerInfo): Promise<Map<string, number>> {
  const response = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } })
  expect(response.status).toBe(200)
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]))
}

/** What the server has logged. Rejects what is no JSON. */
function linesOf(server: StartedServer): Record<string, unknown>[] {
  // The rest of its output is for a person: the greeting, and Next's words while it starts.
  const lines = server.output().split('\n').slice(0, -1)
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** How many bytes of an upload the server has; one counts as none, as everywhere. */
async function storedBytes(server: ServerInfo, upload: string): Promise<number> {
  const { headers } = await send(server, 'GET', upload)
  const last = Number(/^0-(\d+)$/.exec(String(headers['range']))?.[1])
  return last === 0 ? 0 : last + 1
}

async function readAll(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of answer) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}

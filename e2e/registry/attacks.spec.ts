import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { instance } from '@/lib/api/schemas/instances'
import { garbageCollection } from '@/lib/api/schemas/maintenance'
import { tagPage } from '@/lib/api/schemas/tags'
import { Api } from '../api'
import { CommandLine } from '../clients/command-line'
import { requireRoot } from '../clients/require-commands'
import { digestOf } from '../digest'
import { expect, pushImage, test, uniqueName } from '../fixtures'
import { type ServerInfo, type StartedServer, startServer } from '../server'
import { type Answer, send } from './http'
import { makeSmallFolder } from './limited-folder'
import { measureMemory } from './memory'
import { exchangeRaw, statusesIn } from './raw-connection'
import { z } from 'zod'

test.describe('manifests under attack', () => {
  const imageType = 'application/vnd.oci.image.manifest.v1+json'
  const indexType = 'application/vnd.oci.image.index.v1+json'
  const dockerType = 'application/vnd.docker.distribution.manifest.v2+json'
  const layerType = 'application/vnd.oci.image.layer.v1.tar'
  const mebibyte = 1024 * 1024

  function put(server: ServerInfo, path: string, reference: string, text: string, type: string): Promise<Answer> {
    const headers = { 'content-type': type }
    return send(server, 'PUT', `/v2/${path}/manifests/${reference}`, { headers, body: Buffer.from(text) })
  }

  async function pushBlob(server: ServerInfo, path: string, content: string) {
    const body = Buffer.from(content)
    const digest = digestOf(body)
    const answer = await send(server, 'POST', `/v2/${path}/blobs/uploads/?digest=${digest}`, { body })
    expect(answer.status).toBe(201)
    return { digest, size: body.length }
  }

  /** An image without `mediaType`, whose blobs are in the repository. */
  async function prepareImage(server: ServerInfo, path: string) {
    const config = { mediaType: 'application/vnd.oci.image.config.v1+json', ...(await pushBlob(server, path, '{}')) }
    const layer = { mediaType: layerType, ...(await pushBlob(server, path, `layer of ${path}`)) }
    return { schemaVersion: 2, config, layers: [layer] }
  }

  const codeOf = (answer: Answer) => {
    const { errors } = JSON.parse(answer.body.toString()) as { errors: { code: string; message: string }[] }
    return [answer.status, errors[0]?.code]
  }
  const invalid = [400, 'MANIFEST_INVALID']
  const digestOfNothing = (number: number) => `sha256:${String(number).padStart(64, '0')}`

  test('a manifest is what its bytes say, whatever its first pusher says', async ({ api, server }) => {
    const { namespace, name } = await api.createRepository({ tagImmutability: true })
    const path = `${namespace}/${name}`
    const image = await prepareImage(server, path)
    const text = JSON.stringify(image)
    const digest = digestOf(Buffer.from(text))
    for (const type of [indexType, dockerType, dockerType.replace('.v2', '.list.v2')]) {
      expect(codeOf(await put(server, path, digest, text, type)), type).toEqual(invalid)
    }
    expect((await put(server, path, 'v1', text, imageType)).status).toBe(201)
    expect(codeOf(await put(server, path, digest, text, indexType))).toEqual(invalid)
    const pulled = await send(server, 'GET', `/v2/${path}/manifests/v1`)
    expect([pulled.headers['content-type'], pulled.body.toString()]).toEqual([imageType, text])
    const layer = `/v2/${path}/blobs/${image.layers[0]?.digest}`
    expect((await send(server, 'DELETE', layer)).status).toBe(409)
    expect((await send(server, 'GET', layer)).status).toBe(200)
  })

  test('keys that Go reads as others, or that occur twice, are refused at every level', async ({ api, server }) => {
    const { namespace, name } = await api.createRepository()
    const path = `${namespace}/${name}`
    const text = JSON.stringify(await prepareImage(server, path))
    expect((await put(server, path, 'good', text, imageType)).status).toBe(201)
    const changes: readonly (readonly [string, string])[] = [
      ['"layers"', '"Layers"'],
      ['"layers"', '"layer\u017f"'],
      ['"layers"', String.raw`"\u004cayers"`],
      ['"layers":', '"layers":[],"layers":'],
      ['"config":', '"config":{},"config":'],
      ['"schemaVersion"', '"SchemaVersion"'],
      ['"digest"', '"Digest"'],
      ['"size"', '"\u017fize"'],
      ['"mediaType"', '"mediatype"'],
      ['{', '\ufeff{'],
    ]
    for (const [from, to] of changes) {
      expect(codeOf(await put(server, path, 'bad', text.replace(from, to), imageType)), to).toEqual(invalid)
    }
    expect((await send(server, 'HEAD', `/v2/${path}/manifests/bad`)).status).toBe(404)
  })

  test('a layer with URLs must be there, unless its type says that it may be elsewhere', async ({ api, server }) => {
    const { namespace, name } = await api.createRepository()
    const path = `${namespace}/${name}`
    const image = await prepareImage(server, path)
    const push = (mediaType: string) => {
      const elsewhere = { mediaType, digest: digestOfNothing(1), size: 10, urls: ['https://example.com/layer'] }
      return put(server, path, 'v1', JSON.stringify({ ...image, layers: [...image.layers, elsewhere] }), imageType)
    }
    expect(codeOf(await push(layerType))).toEqual([404, 'MANIFEST_BLOB_UNKNOWN'])
    expect((await push('application/vnd.oci.image.layer.nondistributable.v1.tar')).status).toBe(201)
  })

  test('a descriptor with another size than its blob or manifest is refused', async ({ api, server }) => {
    const { namespace, name } = await api.createRepository()
    const path = `${namespace}/${name}`
    const image = await prepareImage(server, path)
    const wrong = { ...image, layers: image.layers.map((layer) => ({ ...layer, size: layer.size + 1 })) }
    expect(codeOf(await put(server, path, 'v1', JSON.stringify(wrong), imageType))).toEqual(invalid)
    const text = JSON.stringify(image)
    expect((await put(server, path, 'v1', text, imageType)).status).toBe(201)
    const child = { mediaType: imageType, digest: digestOf(Buffer.from(text)), size: text.length }
    const index = (size: number) => JSON.stringify({ schemaVersion: 2, manifests: [{ ...child, size }] })
    expect(codeOf(await put(server, path, 'index', index(text.length - 1), indexType))).toEqual(invalid)
    expect((await put(server, path, 'index', index(text.length), indexType)).status).toBe(201)
  })

  test('BuildKit’s cache index, which names layers, is taken without a warning', async ({ api, server }) => {
    const { namespace, name } = await api.createRepository()
    const path = `${namespace}/${name}`
    const layer = { mediaType: layerType, ...(await pushBlob(server, path, 'cached')) }
    const cache = { mediaType: 'application/vnd.buildkit.cacheconfig.v0', ...(await pushBlob(server, path, '{"x":1}')) }
    const push = (manifests: object[]) =>
      put(server, path, 'cache', JSON.stringify({ schemaVersion: 2, manifests }), indexType)
    const answer = await push([layer, cache])
    expect([answer.status, answer.headers.warning]).toEqual([201, undefined])
    const missing = await push([layer, { ...cache, digest: digestOfNothing(2) }])
    expect(missing.headers.warning).toContain(digestOfNothing(2))
  })

  test('sizes that nobody can add up are refused, and the list of tags stays', async ({ api, server }) => {
    const { name: namespace } = await api.createNamespace({ acceptSparseManifests: true })
    const { id, name } = await api.createRepository({ namespace })
    const path = `${namespace}/${name}`
    const image = await prepareImage(server, path)
    const sized = (count: number, size: number) => {
      const layers = Array.from({ length: count }, (_, at) => ({
        mediaType: layerType,
        digest: digestOfNothing(at),
        size,
      }))
      return JSON.stringify({ ...image, layers })
    }
    for (const text of [sized(2, Number.MAX_SAFE_INTEGER), sized(1100, Number.MAX_SAFE_INTEGER), sized(1, 2 ** 53)]) {
      expect(codeOf(await put(server, path, 'huge', text, imageType))).toEqual(invalid)
    }
    const half = sized(1, 2 ** 52)
    expect((await put(server, path, 'half', half, imageType)).status).toBe(201)
    const other = half.replace(digestOfNothing(0), digestOfNothing(9))
    expect((await put(server, path, 'other', other, imageType)).status).toBe(201)
    const children = [half, other].map((text) => ({
      mediaType: imageType,
      digest: digestOf(Buffer.from(text)),
      size: text.length,
    }))
    const both = JSON.stringify({ schemaVersion: 2, manifests: children })
    expect(codeOf(await put(server, path, 'both', both, indexType))).toEqual(invalid)
    const { items } = await api.send('GET', `/repositories/${id}/tags`, tagPage)
    expect(items.map((tag) => tag.name).sort()).toEqual(['half', 'other'])
  })

  /** Manifests that cost as much as the limits allow, or more. */
  function costly(): Record<string, readonly [text: string, type: string]> {
    const descriptors = (count: number, more: object) =>
      Array.from({ length: count }, (_, at) => ({
        mediaType: layerType,
        digest: digestOfNothing(at),
        size: 1,
        ...more,
      }))
    const annotations = { note: 'x'.repeat(1300), other: 'y' }
    const fields = '"schemaVersion":2,"manifests":[]'
    return {
      'as many children as allowed': [
        JSON.stringify({ schemaVersion: 2, manifests: descriptors(2500, { annotations }) }),
        indexType,
      ],
      'many more children': [JSON.stringify({ schemaVersion: 2, manifests: descriptors(28_000, {}) }), indexType],
      'as many values as allowed': [
        `{${fields},"x":[${Array.from({ length: 124_000 }, () => '"\\n\\n\\n\\n\\n\\n\\n"').join()}]}`,
        indexType,
      ],
      'many annotations': [
        `{${fields},"annotations":{${Array.from({ length: 250_000 }, (_, at) => `"${at}":""`).join()}}}`,
        indexType,
      ],
      'deep JSON': ['{"x":'.repeat(800_000), indexType],
      'escapes only': [`{${fields},"x":"${String.raw`\"`.repeat(2_000_000)}"}`, indexType],
    }
  }

  /** The longest that `/healthz` took to answer while `work` ran, in milliseconds. */
  async function longestProbe(server: ServerInfo, work: Promise<unknown>): Promise<number> {
    const state = { isOver: false }
    const end = work.finally(() => (state.isOver = true))
    let longest = 0
    while (!state.isOver) {
      const start = performance.now()
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
      longest = Math.max(longest, performance.now() - start)
      await setTimeout(5)
    }
    await end
    return longest
  }

  /** Probes until one is quick: other programs may have had the cores, but a slow server is slow each time. */
  async function expectQuick(name: string, probe: () => Promise<number>): Promise<void> {
    const longest: number[] = []
    do longest.push(Math.round(await probe()))
    while (Math.min(...longest) >= 200 && longest.length < 8)
    test.info().annotations.push({ type: name, description: longest.join(', ') })
    expect(Math.min(...longest), name).toBeLessThan(200)
  }

  test('no manifest keeps other requests waiting, and thirty large ones at once take little memory', async ({
    startPrivateServer,
  }) => {
    test.setTimeout(180_000)
    const server = await startPrivateServer()
    await pushImage(server, 'test/example', 'v1')
    for (const [name, [text, type]] of Object.entries(costly())) {
      const push = async () => {
        const answer = await put(server, 'test/example', 'costly', text, type)
        expect([201, 400], name).toContain(answer.status)
      }
      await expectQuick(name, () => longestProbe(server, push()))
    }
    const all = Object.values(costly())
    const pushThirty = (turn: number) => {
      const pushes = Array.from({ length: 30 }, async (_, at) => {
        const [text, type] = all[at % all.length] ?? ['', '']
        const other = text.replace('{', `{"turn":"${turn} ${at}",`)
        const { status } = await put(server, 'test/example', `costly-${at}`, other, type)
        expect([201, 400]).toContain(status)
      })
      return longestProbe(server, Promise.all(pushes))
    }
    const { peakBytes } = await measureMemory(server.pid, async () => {
      let turn = 0
      await expectQuick('thirty at once', () => pushThirty(turn++))
    })
    test.info().annotations.push({ type: 'memory', description: `${Math.round(peakBytes / mebibyte)} MiB` })
    expect(peakBytes).toBeLessThan(400 * mebibyte)
  })
})

test.describe('the storage under attack', () => {
  test('a second server over one SQLite folder does not start, and a start after kill -9 does', async ({
    startPrivateServer,
  }) => {
    const first = await startPrivateServer()
    const digest = await pushImage(first, 'test/example', 'v1')

    await expect(startServer({ dataDir: first.dataDir })).rejects.toThrow(
      /\(exit code 1\):\nSTELE_DATA_DIR: another running server uses \S+: stop that server, or set another folder [^\n]*\n$/,
    )
    const root = join(import.meta.dirname, '..', '..')
    const verify = [join(root, 'dist', 'command.mjs'), 'audit', 'verify']
    await new CommandLine(process.execPath, verify, { STELE_DATA_DIR: first.dataDir }).run([])

    await first.kill()
    const second = await startPrivateServer({ dataDir: first.dataDir })
    const { headers } = await send(second, 'HEAD', '/v2/test/example/manifests/v1')
    expect(headers['docker-content-digest']).toBe(digest)
  })

  test('on a full disk an administrator logs on and collects garbage, and then pushes work again', async ({
    startPrivateServer,
  }) => {
    requireRoot()
    test.setTimeout(120_000)
    const folder = await makeSmallFolder(96)
    try {
      let server = await startPrivateServer({ dataDir: folder.path })
      const reserve = join(folder.path, 'stele.db.reserve')
      await expect.poll(() => existsSync(reserve), { timeout: 15_000 }).toBe(true)
      const digest = await pushImage(server, 'test/example', 'kept')
      for (let number = 0; number < 8; number++) expect(await pushGarbage(server, number)).toBe(201)

      fill(folder.path)
      expect(await logOn(server)).toBe(201)
      expect([await pushGarbage(server, 8), await tagKept(server)]).toEqual([507, 507])
      await server.kill()
      server = await startPrivateServer({ dataDir: folder.path })
      expect(await logOn(server)).toBe(201)
      expect((await send(server, 'GET', `/v2/test/example/manifests/${digest}`)).status).toBe(200)

      const api = new Api(server)
      const run = await api.send('POST', '/garbage-collections', garbageCollection, { graceSeconds: 0 })
      const read = () => api.send('GET', `/garbage-collections/${run.id}`, garbageCollection)
      await expect.poll(read, { timeout: 30_000 }).toMatchObject({ state: 'SUCCEEDED', removedBlobs: 8 })
      await expect.poll(() => existsSync(reserve), { timeout: 15_000 }).toBe(true)
      expect([await pushGarbage(server, 8), await tagKept(server)]).toEqual([201, 201])
      await server.kill()
    } finally {
      await folder.remove()
    }

    /** Takes all space that there is, as another program does. */
    function fill(path: string): void {
      for (const [name, sizeBytes] of [
        ['large', 1024 * 1024],
        ['small', 4096],
      ] as const) {
        try {
          for (;;) writeFileSync(join(path, name), Buffer.alloc(sizeBytes), { flag: 'a' })
        } catch (error) {
          expect(error).toMatchObject({ code: 'ENOSPC' })
        }
      }
    }

    async function logOn({ url, admin }: ServerInfo): Promise<number> {
      const body = JSON.stringify({ userName: admin.name, password: admin.password })
      const headers = { origin: url, 'content-type': 'application/json' }
      return (await fetch(`${url}/api/v1/session`, { method: 'POST', headers, body })).status
    }

    async function pushGarbage(server: ServerInfo, number: number): Promise<number> {
      const body = Buffer.alloc(4 * 1024 * 1024, `garbage ${number} `)
      return (await send(server, 'POST', `/v2/test/example/blobs/uploads/?digest=${digestOf(body)}`, { body })).status
    }

    async function tagKept(server: ServerInfo): Promise<number> {
      const { body, headers } = await send(server, 'GET', '/v2/test/example/manifests/kept')
      const type = { 'content-type': headers['content-type'] }
      return (await send(server, 'PUT', '/v2/test/example/manifests/again', { body, headers: type })).status
    }
  })
})

test.describe('the doors', () => {
  const mebibyte = 1024 * 1024
  const json = { 'Content-Type': 'application/json' }
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }

  /** A whole request of an anonymous caller, after which the server closes the connection. */
  function request(target: string, headers: Record<string, string> = {}, body = ''): string {
    const all = { Host: 'hub.test', ...headers, 'Content-Length': String(body.length), Connection: 'close' }
    return `${target} HTTP/1.1\r\n${linesOf(all)}\r\n${body}`
  }

  function linesOf(headers: Record<string, string>): string {
    return Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')
  }

  function many(count: number, make: (i: number) => string): string[] {
    return Array.from({ length: count }, (_, i) => make(i))
  }

  const costlyHeaders: Record<string, Record<string, string>> = {
    nothing: {},
    cookies: { Cookie: many(1800, (i) => `c${i}=1`).join('; ') },
    'cookies that look like ours': { Cookie: many(900, (i) => `stele_${i.toString(36)}=%41`).join('; ') },
    languages: { 'Accept-Language': many(1700, (i) => `a${i % 10};q=0.1`).join(',') },
    types: { Accept: many(1300, () => 'a/b;q=0.1').join(',') },
    encodings: { 'Accept-Encoding': many(1200, () => 'gzip;q=0.1').join(',') },
    'entity tags': { 'If-None-Match': many(3600, () => '"a"').join(',') },
    ranges: { Range: `bytes=${many(3600, () => '0-1').join(',')}` },
    addresses: { 'X-Forwarded-For': many(1500, () => '10.0.0.1').join(',') },
    'a deep router state': {
      RSC: '1',
      'Next-Router-State-Tree': `${'["",{"children":'.repeat(800)}["",{}]${'}]'.repeat(800)}`,
    },
    'headers without end': Object.fromEntries(many(1500, (i) => `h${i}`).map((name) => [name, '1'] as const)),
  }
  const parameters = `?${'a&'.repeat(4000)}`
  const unknownFields = `{${many(90_000, (i) => `"k${i}":1`).join(',')}}`

  const costly: Record<string, string> = {
    ...Object.fromEntries(
      ['/login', '/nothing', '/api/v1/session', '/api/v1/regions', '/v2/', '/v2/token'].flatMap((path) => [
        ...Object.entries(costlyHeaders).map(([name, headers]): [string, string] => [
          `${path}, ${name}`,
          request(`GET ${path}`, headers),
        ]),
        [`${path}, parameters`, request(`GET ${path}${parameters}`)] as [string, string],
      ]),
    ),
    'the OpenAPI document': request('GET /api/v1/openapi.json'),
    'a deep path': request(`GET /${'a/'.repeat(4000)}b`),
    'a deep path of the API': request(`GET /api/v1/${'a/'.repeat(4000)}b`),
    'a deep path of the registry': request(`GET /v2/${'a/'.repeat(4000)}manifests/v1`),
    'scopes of a token': request(`GET /v2/token?scope=${'repository:a/b:pull+'.repeat(400)}`),
    'fields of a token’s form': request('POST /v2/token', form, many(9000, (i) => i.toString(36)).join('&')),
    'a log-on of unknown fields': request('POST /api/v1/session', json, unknownFields),
    'a log-on of few unknown fields': request('POST /api/v1/session', json, `${unknownFields.slice(0, 16_000)},"k":1}`),
    'a deep log-on': request('POST /api/v1/session', json, '['.repeat(500_000)),
    'a less deep log-on': request('POST /api/v1/session', json, `${'['.repeat(8_000)}${']'.repeat(8_000)}`),
    'a log-on of objects': request('POST /api/v1/session', json, `[${'{},'.repeat(300_000)}{}]`),
    'a form of many parts': request(
      'POST /login',
      { 'Content-Type': 'multipart/form-data; boundary=x' },
      '--x\r\n'.repeat(100_000),
    ),
  }

  /** The longest that `/healthz` takes while 20 such requests are answered, in milliseconds. */
  async function delayBeside(server: StartedServer, costlyRequest: string): Promise<number> {
    let pending = 20
    const answers = Promise.all(
      Array.from({ length: pending }, () => exchangeRaw(server.port, costlyRequest).finally(() => (pending -= 1))),
    )
    let longestMs = 0
    do {
      const startedAt = performance.now()
      const { status } = await send(server, 'GET', '/healthz')
      expect(status).toBe(200)
      longestMs = Math.max(longestMs, performance.now() - startedAt)
    } while (pending > 0)
    for (const answer of await answers) expect(statusesIn(answer)[0]).toBeLessThan(500)
    return longestMs
  }

  test('no request of an anonymous caller delays others', async ({ startPrivateServer }) => {
    test.setTimeout(180_000)
    const server = await startPrivateServer()
    // The first request of a page loads its code.
    for (const text of Object.values(costly)) await exchangeRaw(server.port, text)
    for (const [name, text] of Object.entries(costly)) {
      let delayMs = Infinity
      // Other programs may have had the cores.
      for (let tries = 0; tries < 5 && delayMs >= 200; tries += 1) delayMs = await delayBeside(server, text)
      expect.soft(delayMs, name).toBeLessThan(200)
    }
  })

  test('log-ons whose last byte never comes hold no memory, and are refused in the end', async ({
    startPrivateServer,
  }) => {
    test.slow()
    const server = await startPrivateServer()
    const body = `{"userName":"${'x'.repeat(15_000)}"`
    const head = { Host: 'hub.test', 'Content-Type': 'application/json' }
    const announced = (bytes: number) =>
      `POST /api/v1/session HTTP/1.1\r\n${linesOf({ ...head, 'Content-Length': String(bytes) })}\r\n`
    const chunked = `POST /api/v1/session HTTP/1.1\r\n${linesOf({ ...head, 'Transfer-Encoding': 'chunked' })}\r\n`
    const tokenForm = `POST /v2/token HTTP/1.1\r\n${linesOf({ Host: 'hub.test', ...form, 'Content-Length': '60000' })}\r\n`
    const large = 'x'.repeat(mebibyte)
    const open: Promise<string>[] = []
    const { beforeBytes, peakBytes } = await measureMemory(server.pid, async () => {
      for (let i = 0; i < 100; i += 1) {
        open.push(
          exchangeRaw(server.port, announced(body.length + 1), body),
          exchangeRaw(server.port, announced(mebibyte + 1), large),
          exchangeRaw(server.port, chunked, `${(mebibyte + 1).toString(16)}\r\n`, large),
          exchangeRaw(server.port, tokenForm, 'grant_type=password&username=a'),
        )
      }
      await expect.poll(async () => (await send(server, 'GET', '/healthz')).status).toBe(200)
      const statuses = new Set((await Promise.all(open)).map((answer) => statusesIn(answer)[0]))
      expect(statuses).toEqual(new Set([408, 413]))
    })
    expect(peakBytes - beforeBytes).toBeLessThan(100 * mebibyte)
  })

  test('a host with a final dot is the one without it; an unknown region is not the default instance', async ({
    api,
    server,
  }) => {
    const { namespace, name } = await api.createRepository()
    const path = `/v2/${namespace}/${name}/tags/list`
    await pushImage(server, `${namespace}/${name}`, 'v1', 'of the default instance')
    const { endpoints } = await api.send('POST', '/instances', instance, {
      name: uniqueName('other'),
      regionId: 'cn-hangzhou',
    })
    const other = endpoints.internet.replace(/:\d+$/, '')
    const unknown = other.replace('cn-hangzhou', 'mars-1')
    const statusAt = async (host: string) => (await send(server, 'GET', path, { headers: { host } })).status
    expect(await statusAt('localhost')).toBe(200)
    expect(await statusAt('localhost.')).toBe(200)
    for (const host of [other, `${other}.`, `${other}.:3000`, unknown, `${unknown}.`, unknown.toUpperCase()]) {
      expect(await statusAt(host), host).toBe(401)
    }
    const scope = encodeURIComponent(`repository:${namespace}/${name}:pull`)
    for (const service of [other, unknown, `${unknown}.`]) {
      const { status } = await send(server, 'GET', `/v2/token?service=${service}&scope=${scope}`)
      expect(status, service).toBe(401)
    }
  })

  test('a log-on comes from a page of the same scheme, host and port', async ({ server }) => {
    const logOn = async (origin: string, host = server.registry) => {
      const body = Buffer.from(JSON.stringify({ userName: server.admin.name, password: server.admin.password }))
      const headers = { authorization: undefined, 'content-type': 'application/json', host, origin }
      return (await send(server, 'POST', '/api/v1/session', { headers, body })).status
    }
    expect(await logOn(server.url)).toBe(201)
    expect(await logOn('http://localhost.', 'localhost')).toBe(201)
    expect(await logOn('http://localhost:80', 'localhost.')).toBe(201)
    for (const origin of [`https://${server.registry}`, 'http://127.0.0.1', 'http://localhost', 'null']) {
      expect(await logOn(origin), origin).toBe(403)
    }
  })

  test('referrers with large annotations are listed in pages, within bounded memory', async ({
    startPrivateServer,
  }) => {
    test.slow()
    const count = 48
    const subject = `sha256:${'5'.repeat(64)}`
    const first = await startPrivateServer()
    await pushImage(first, 'test/example', 'v1', 'makes the repository')
    await first.kill()
    // Written into the database, so that no limit of a push is in the way: older data may have no limit.
    await runSql(
      join(first.dataDir, 'stele.db'),
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})
       INSERT INTO "Manifest" ("repositoryId", "digest", "mediaType", "subjectDigest", "annotations", "content",
         "sizeBytes", "totalSizeBytes", "platforms", "pushedBy", "createdAt")
       SELECT r."id", printf('sha256:%064d', i), 'application/vnd.oci.image.manifest.v1+json', '${subject}',
         '{"note":"' || printf('%.*c', ${4 * mebibyte}, 'x') || '"}', x'', 0, 0, '', 'admin', r."createdAt"
       FROM n, "Repository" r WHERE r."path" = 'test/example'`,
    )
    const server = await startPrivateServer({ dataDir: first.dataDir })
    const digests: string[] = []
    const { peakBytes } = await measureMemory(server.pid, async () => {
      for (let next = `/v2/test/example/referrers/${subject}`; next !== '';) {
        const { status, headers, body } = await send(server, 'GET', next)
        expect(status).toBe(200)
        const { manifests } = referrerList.parse(JSON.parse(body.toString()))
        if (manifests.length > 1) expect(body.length).toBeLessThan(4 * mebibyte)
        digests.push(...manifests.map(({ digest }) => digest))
        next = /^<([^>]+)>; rel="next"$/.exec(String(headers.link))?.[1] ?? ''
      }
    })
    expect(new Set(digests).size).toBe(count)
    expect(peakBytes).toBeLessThan(400 * mebibyte)
  })

  const referrerList = z.object({ manifests: z.array(z.object({ digest: z.string() })) })

  /** Changes a database that no server uses. In a process of its own: tests are no part of the server. */
  async function runSql(file: string, sql: string): Promise<void> {
    const script = `new (require('better-sqlite3'))(${JSON.stringify(file)}).exec(${JSON.stringify(sql)})`
    await new CommandLine(process.execPath, ['--eval', script], {}).run([])
  }
})

test.describe('tags under attack', () => {
  const imageType = 'application/vnd.oci.image.manifest.v1+json'

  async function createRepository(api: Api, settings: Parameters<Api['createRepository']>[0] = {}) {
    const { id, namespace, name } = await api.createRepository(settings)
    return { id, path: `${namespace}/${name}` }
  }

  async function pushBlob(server: ServerInfo, path: string, content: string) {
    const body = Buffer.from(content)
    const digest = digestOf(body)
    expect((await send(server, 'POST', `/v2/${path}/blobs/uploads/?digest=${digest}`, { body })).status).toBe(201)
    return { digest, size: body.length }
  }

  /** Pushes an artifact with a layer for each of `layers`, under `tag` or by digest. */
  async function pushArtifact(
    server: ServerInfo,
    path: string,
    {
      tag,
      layers,
      subject,
    }: { tag?: string; layers: readonly (readonly [content: string, note: string])[]; subject?: object },
  ): Promise<Answer & { readonly digest: string }> {
    const config = { mediaType: 'application/x.config', ...(await pushBlob(server, path, JSON.stringify(layers))) }
    const entries = []
    for (const [content, note] of layers) {
      entries.push({ mediaType: 'application/x', ...(await pushBlob(server, path, content)), annotations: { note } })
    }
    const manifest = { schemaVersion: 2, mediaType: imageType, config, layers: entries, subject }
    const body = Buffer.from(JSON.stringify(manifest))
    const digest = digestOf(body)
    const headers = { 'content-type': imageType }
    return { digest, ...(await send(server, 'PUT', `/v2/${path}/manifests/${tag ?? digest}`, { body, headers })) }
  }

  const reasonOf = ({ status, body }: Answer) => {
    const { errors } = JSON.parse(body.toString()) as { errors: { code: string; detail?: { reason?: string } }[] }
    return [status, errors[0]?.code, errors[0]?.detail?.reason]
  }

  test('an append-only tag is not stripped of a signature, and the loser of a race is told to sign again', async ({
    api,
    server,
  }) => {
    const { path } = await createRepository(api, { tagImmutability: true })
    const tag = `${(await pushImage(server, path, 'v1')).replace(':', '-')}.sig`
    const payload = (signature: string) => ['payload', signature] as const
    const push = (...signatures: string[]) => pushArtifact(server, path, { tag, layers: signatures.map(payload) })
    expect((await push('one', 'two')).status).toBe(201)
    for (const stripped of [['one'], ['two', 'two'], ['one', 'evil'], []]) {
      const refused = await push(...stripped)
      expect(reasonOf(refused)).toEqual([409, 'DENIED', 'TAG_APPEND_ONLY'])
      expect(refused.body.toString()).toContain('sign again')
    }
    expect((await push('two', 'one', 'three')).status).toBe(201)
  })

  test('a repository that is made again by a push, with Immutable off, has its names reserved', async ({
    api,
    server,
  }) => {
    const namespace = await api.createNamespace({ autoCreateRepository: true, defaultTagImmutability: false })
    const { id, path } = await createRepository(api, { namespace: namespace.name, tagImmutability: true })
    const digest = await pushImage(server, path, 'v1', 'one')
    const deleted = await api.request('DELETE', `/repositories/${id}?force=${encodeURIComponent(path)}&reason=ended`)
    expect(deleted.status).toBe(204)
    await expect(pushImage(server, path, 'v1', 'two')).rejects.toThrow('409')
    expect(await pushImage(server, path, 'v1', 'one')).toBe(digest)
    await expect(pushImage(server, path, 'v1', 'two')).rejects.toThrow('409')
    await pushImage(server, path, 'v2', 'two')
  })

  test('a tag that was pushed while Immutable was off is the same tag when it is on again', async ({ api, server }) => {
    const { id, path } = await createRepository(api, { tagImmutability: true })
    await pushImage(server, path, 'v1', 'one')
    expect((await api.request('DELETE', `/repositories/${id}/tags/v1?reason=leaked`)).status).toBe(200)
    await expect(pushImage(server, path, 'v1', 'two')).rejects.toThrow('409')
    await api.updateRepository(id, { tagImmutability: false })
    await pushImage(server, path, 'v1', 'two')
    await api.updateRepository(id, { tagImmutability: true })
    await pushImage(server, path, 'v1', 'two')
    await expect(pushImage(server, path, 'v1', 'one')).rejects.toThrow('409')
  })

  test('a pull token does not open a new repository of the same path', async ({ api, server }) => {
    const name = uniqueName('again')
    const { id, path } = await createRepository(api, { name })
    await pushImage(server, path, 'v1', 'former')
    const issued = await send(server, 'GET', `/v2/token?scope=repository:${path}:pull`)
    const { token } = JSON.parse(issued.body.toString()) as { token: string }
    const headers = { authorization: `Bearer ${token}` }
    const pull = () => send(server, 'GET', `/v2/${path}/manifests/v1`, { headers })
    expect((await pull()).status).toBe(200)
    expect((await api.request('DELETE', `/repositories/${id}`)).status).toBe(204)
    await createRepository(api, { name })
    await pushImage(server, path, 'v1', 'secret')
    expect(reasonOf(await pull())).toEqual([401, 'DENIED', undefined])
  })

  test('referrers of a protected image, and theirs, are not deleted', async ({ api, server }) => {
    const { path } = await createRepository(api, { tagImmutability: true })
    let subject = await pushImage(server, path, 'v1')
    for (const content of ['bill', 'signature of the bill']) {
      const { body } = await send(server, 'GET', `/v2/${path}/manifests/${subject}`)
      const attached = await pushArtifact(server, path, {
        layers: [[content, '']],
        subject: { mediaType: imageType, digest: subject, size: body.length },
      })
      subject = attached.digest
      expect(attached.status).toBe(201)
      for (const target of [`manifests/${subject}`, `blobs/${digestOf(Buffer.from(content))}`]) {
        expect((await send(server, 'DELETE', `/v2/${path}/${target}`)).status).toBe(409)
      }
    }
  })
})

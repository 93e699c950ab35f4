import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { manifestMaxBytes } from '@/lib/domain/manifest'
import { manifestLimits } from '@/lib/domain/manifest-json'
import { digestOf } from '@/lib/storage/hash'
import {
  type Answer,
  type TestRegistry,
  authorization,
  basic,
  imageManifestType,
  startTestRegistry,
  codeOf,
} from '@/lib/testing/test-registry'

let registry: TestRegistry
let close: () => Promise<void>

beforeAll(async () => ({ registry, close } = await startTestRegistry()))
afterAll(() => close())

describe('a caller who proves nothing', () => {
  test.each([
    ['GET', '/v2/'],
    ['GET', '/v2'],
    ['GET', '/v2/test/example/tags/list'],
    ['PUT', '/v2/test/example/manifests/v1'],
    ['POST', '/v2/test/none/blobs/uploads/'],
  ])('%s %s is challenged, whether the repository exists or not', async (method, path) => {
    const answer = await registry.send(method, path, { anonymous: true })
    expect(codeOf(answer)).toEqual([401, 'UNAUTHORIZED'])
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm=/)
  })

  test.each([
    'Basic',
    'Basic !',
    'Bearer x',
    `Basic ${btoa('admin')}`,
    `Basic ${btoa('admin:wrong')}`,
    `Basic ${btoa('nobody:x')}`,
    `Basic ${btoa('admin\0:x')}`,
  ])('Authorization %o is not enough', async (authorization) => {
    const answer = await registry.send('GET', '/v2/', { headers: { authorization } })
    expect(answer.status).toBe(401)
  })
})

test('a member without grants is told what one is told of a repository that does not exist', async () => {
  await registry.addUser('member', 'member-password')
  const headers = { authorization: basic('member', 'member-password') }
  expect((await registry.send('GET', '/v2/', { headers })).status).toBe(200)
  for (const [method, rest] of [
    ['GET', 'tags/list'],
    ['PUT', 'manifests/v1'],
    ['DELETE', 'manifests/v1'],
    ['POST', 'blobs/uploads/'],
  ] as const) {
    const there = await registry.send(method, `/v2/test/example/${rest}`, { headers })
    const nowhere = await registry.send(method, `/v2/test/nowhere/${rest}`, { headers })
    expect(there.status).toBe(404)
    expect(there.json).toEqual(JSON.parse(JSON.stringify(nowhere.json).replaceAll('nowhere', 'example')))
  }
})

describe('names', () => {
  test.each([
    '/v2/test/Example/tags/list',
    '/v2/test/../test/example/tags/list',
    '/v2/test//example/tags/list',
    '/v2/test/%2e%2e/tags/list',
    '/v2/test%2fexample/tags/list',
    '/v2/test/example%00/tags/list',
    '/v2/test/ex%C3%A4mple/tags/list',
    '/v2/-test/example/tags/list',
    `/v2/test/${'a'.repeat(260)}/tags/list`,
    '/v2/./test/tags/list',
    '/v2/test/example/../../../etc/passwd/tags/list',
    '/v2/test\\example/tags/list',
  ])('%s has no repository name', async (path) => {
    expect(codeOf(await registry.send('GET', path))).toEqual([400, 'NAME_INVALID'])
  })

  test('a repository that does not exist is unknown, for every method', async () => {
    for (const [method, rest] of [
      ['GET', 'tags/list'],
      ['GET', 'manifests/v1'],
      ['DELETE', 'manifests/v1'],
      ['POST', 'blobs/uploads/'],
    ] as const) {
      expect(codeOf(await registry.send(method, `/v2/test/none/${rest}`))).toEqual([404, 'NAME_UNKNOWN'])
    }
  })

  test('a push makes the repository where its namespace says so, with the namespace’s defaults', async () => {
    const missing = await registry.send('POST', '/v2/test/new/deep/er/blobs/uploads/')
    expect(missing.json.errors?.[0]?.message).toContain('create it in the console')
    await registry.ctx.db.prisma.namespace.updateMany({
      data: {
        autoCreateRepository: true,
        defaultImmutabilityMode: 'enforce',
        defaultExemptTags: 'latest dev-*',
        defaultRepositoryType: 'PUBLIC',
      },
    })
    const image = await registry.image('auto', 'test/new/deep/er')
    expect((await registry.pushManifest('v1', image.bytes, {}, 'test/new/deep/er')).status).toBe(201)
    const made = await registry.ctx.db.prisma.repository.findFirstOrThrow({ where: { path: 'test/new/deep/er' } })
    expect(made).toMatchObject({
      name: 'new/deep/er',
      type: 'PUBLIC',
      immutabilityMode: 'enforce',
      exemptTags: 'latest dev-*',
      immutabilitySource: 'namespace',
    })
    expect((await registry.send('GET', '/v2/test/pulled/tags/list')).status).toBe(404)
    expect((await registry.send('POST', '/v2/nowhere/new/blobs/uploads/')).status).toBe(404)
  })

  test.each(['v 1', 'a'.repeat(129), '.hidden', '-x', 'v1:2', 'ta%2fg'])('the tag %o is none', async (tag) => {
    const image = await registry.image('x')
    const put = await registry.pushManifest(encodeURI(tag), image.bytes)
    expect(put.status).toBe(400)
    expect((await registry.send('GET', `/v2/test/example/manifests/${encodeURI(tag)}`)).status).toBe(404)
  })
})

describe('manifests', () => {
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${'1'.repeat(64)}`, size: 2 }
  const valid = { schemaVersion: 2, mediaType: imageManifestType, config, layers: [] }

  test.each([
    ['no JSON', 'not json', 'MANIFEST_INVALID', 400],
    ['JSON that is no object', '[]', 'MANIFEST_INVALID', 400],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'MANIFEST_INVALID', 400],
    ['another schema version', JSON.stringify({ ...valid, schemaVersion: 1 }), 'MANIFEST_INVALID', 400],
    ['no config', JSON.stringify({ ...valid, config: undefined }), 'MANIFEST_INVALID', 400],
    [
      'a digest that is none',
      JSON.stringify({ ...valid, config: { ...config, digest: 'x' } }),
      'MANIFEST_INVALID',
      400,
    ],
    ['a negative size', JSON.stringify({ ...valid, config: { ...config, size: -1 } }), 'MANIFEST_INVALID', 400],
    ['two media types', JSON.stringify({ ...valid, mediaType: 'application/x' }), 'MANIFEST_INVALID', 400],
    ['a type with a null character', JSON.stringify({ ...valid, artifactType: 'a\0' }), 'MANIFEST_INVALID', 400],
    ['a missing blob', JSON.stringify(valid), 'MANIFEST_BLOB_UNKNOWN', 404],
    ['nothing', '', 'MANIFEST_INVALID', 400],
  ])('with %s is refused and not stored', async (_, body, code, status) => {
    const answer = await registry.pushManifest('bad', Buffer.from(body))
    expect(codeOf(answer)).toEqual([status, code])
    expect(await registry.digestOfTag('bad')).toBeNull()
    expect(await registry.ctx.db.prisma.manifest.count({ where: { tags: { some: { name: 'bad' } } } })).toBe(0)
  })

  test('over the limit answers 413, declared or streamed; at the limit it is taken', async () => {
    const image = await registry.image('large')
    const padded = (length: number) => Buffer.concat([image.bytes, Buffer.alloc(length - image.bytes.length, ' ')])
    expect((await registry.pushManifest('large', padded(manifestMaxBytes))).status).toBe(201)
    const over = padded(manifestMaxBytes + 1)
    expect(codeOf(await registry.pushManifest('larger', over))).toEqual([413, 'SIZE_INVALID'])
    const streamed = await registry.pushManifest('larger', over, { headers: { 'transfer-encoding': 'chunked' } })
    expect(streamed.status).toBe(413)
    expect(await registry.digestOfTag('larger')).toBeNull()
    const pulled = await registry.send('GET', '/v2/test/example/manifests/large')
    expect(pulled.body.length).toBe(manifestMaxBytes)
  })

  test('of as many layers as the limit are judged like others, and a refusal names ten', async () => {
    const { layers, ...rest } = JSON.parse((await registry.image('many')).bytes.toString()) as { layers: object[] }
    const count = manifestLimits.descriptors - layers.length
    const many = Array.from({ length: count }, (_, index) => ({
      digest: `sha256:${String(index).padStart(64, '0')}`,
      size: 1,
    }))
    const bytes = Buffer.from(JSON.stringify({ ...rest, layers: [...layers, ...many] }))
    const answer = await registry.pushManifest('many', bytes)
    expect(codeOf(answer)).toEqual([404, 'MANIFEST_BLOB_UNKNOWN'])
    expect(answer.json.errors?.[0]?.detail?.['digests']).toHaveLength(10)
    expect(answer.json.errors?.[0]?.detail?.['count']).toBe(count)
  })

  test('an index of as many children as the limit is taken, of one more refused', async () => {
    const type = 'application/vnd.oci.image.index.v1+json'
    const push = async (count: number) => {
      const manifests = Array.from({ length: count }, (_, index) => ({
        mediaType: imageManifestType,
        digest: `sha256:${String(index).padStart(64, '0')}`,
        size: 1,
      }))
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, manifests }))
      const answer = await registry.pushManifest('wide', bytes, { headers: { 'content-type': type } })
      const references = { parentDigest: digestOf(bytes) }
      return [answer.status, await registry.ctx.db.prisma.manifestReference.count({ where: references })]
    }
    const limit = manifestLimits.descriptors
    expect(await push(limit)).toEqual([201, limit])
    expect(await push(limit + 1)).toEqual([400, 0])
  })

  test('pushed by a digest that is not theirs are refused', async () => {
    const image = await registry.image('mismatch')
    expect(codeOf(await registry.pushManifest(`sha256:${'0'.repeat(64)}`, image.bytes))).toEqual([
      400,
      'DIGEST_INVALID',
    ])
    expect(codeOf(await registry.pushManifest('sha256:baddigeststring', image.bytes))).toEqual([400, 'DIGEST_INVALID'])
  })

  test('come back as they were pushed, by tag and by digest, sha512 too', async () => {
    const image = await registry.image('round trip')
    await registry.pushManifest('round', image.bytes)
    for (const reference of ['round', image.digest, image.digest.replace(':', '%3A')]) {
      const pulled = await registry.send('GET', `/v2/test/example/manifests/${reference}`)
      expect(pulled.body).toEqual(image.bytes)
      expect(pulled.headers).toMatchObject({
        'content-type': imageManifestType,
        'docker-content-digest': image.digest,
        'content-length': String(image.bytes.length),
      })
      const head = await registry.send('HEAD', `/v2/test/example/manifests/${reference}`)
      expect([head.status, head.headers['content-length'], head.body.length]).toEqual([
        200,
        String(image.bytes.length),
        0,
      ])
    }
  })

  test('nondistributable layers and children of a sparse index need not be here', async () => {
    const image = JSON.parse((await registry.image('foreign')).bytes.toString()) as { layers: object[] }
    image.layers.push({
      mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar',
      digest: `sha256:${'2'.repeat(64)}`,
      size: 9,
      urls: ['https://example.com/layer'],
    })
    const foreign = await registry.pushManifest('foreign', Buffer.from(JSON.stringify(image)))
    expect([foreign.status, foreign.headers['warning']]).toEqual([
      201,
      `299 - "layers not in the repository, clients fetch them from elsewhere: sha256:${'2'.repeat(64)}"`,
    ])
    const type = 'application/vnd.oci.image.index.v1+json'
    const index = {
      schemaVersion: 2,
      manifests: [{ mediaType: imageManifestType, digest: `sha256:${'3'.repeat(64)}`, size: 9 }],
    }
    const sparse = await registry.pushManifest('sparse', Buffer.from(JSON.stringify(index)), {
      headers: { 'content-type': `${type}; charset=utf-8` },
    })
    expect([sparse.status, sparse.headers['warning']]).toEqual([
      201,
      `299 - "manifests not in the repository, pulling them from here fails: sha256:${'3'.repeat(64)}"`,
    ])
    expect((await registry.send('GET', '/v2/test/example/manifests/sparse')).headers['content-type']).toBe(type)
  })
})

describe('an image whose layers are not in the repository', () => {
  const layers = Array.from({ length: 5 }, (_, index) => ({ digest: `sha256:${String(index).repeat(64)}`, size: 9 }))
  let bytes: Buffer
  beforeAll(async () => {
    const image = JSON.parse((await registry.image('sparse')).bytes.toString()) as { layers: object[] }
    bytes = Buffer.from(JSON.stringify({ ...image, layers: [...image.layers, ...layers] }))
  })
  afterAll(() => setSparse(false))

  async function setSparse(acceptSparseManifests: boolean) {
    await registry.ctx.db.prisma.namespace.updateMany({ where: { name: 'test' }, data: { acceptSparseManifests } })
  }

  test('is refused by default, and once its namespace accepts it no longer', async () => {
    expect(codeOf(await registry.pushManifest('thin', bytes))).toEqual([404, 'MANIFEST_BLOB_UNKNOWN'])
    await setSparse(true)
    await setSparse(false)
    expect(codeOf(await registry.pushManifest('thin', bytes))).toEqual([404, 'MANIFEST_BLOB_UNKNOWN'])
    expect(await registry.digestOfTag('thin')).toBeNull()
  })

  test('is taken with a warning where its namespace accepts it; what is missing stays missing until pushed', async () => {
    await setSparse(true)
    const pushed = await registry.pushManifest('thin', bytes)
    const [a, b, c] = layers.map(({ digest }) => digest)
    expect([pushed.status, pushed.headers['warning']]).toEqual([
      201,
      `299 - "blobs not in the repository, pulling them from here fails: ${a}, ${b}, ${c} and 2 more"`,
    ])
    expect((await registry.send('GET', '/v2/test/example/manifests/thin')).body).toEqual(bytes)
    expect(codeOf(await registry.send('GET', `/v2/test/example/blobs/${a}`))).toEqual([404, 'BLOB_UNKNOWN'])
    const whole = await registry.image('whole')
    expect((await registry.pushManifest('whole', whole.bytes)).headers['warning']).toBeUndefined()
  })
})

describe('a read with a condition', () => {
  test('is 304 for what the client has, and 412 where it asks for other content', async () => {
    const image = await registry.image('conditions', 'test/conditions')
    await registry.pushManifest('v1', image.bytes, {}, 'test/conditions')
    const urls = [
      `manifests/v1`,
      `manifests/${image.digest}`,
      `blobs/${image.layer}`,
      'tags/list',
      `referrers/${image.digest}`,
    ]
    for (const url of urls.map((end) => `/v2/test/conditions/${end}`).concat('/v2/_catalog')) {
      const read = (headers: Record<string, string>, method = 'GET') => registry.send(method, url, { headers })
      const { etag = '' } = (await read({})).headers
      expect(etag, url).toMatch(/^"[^"]+"$/)
      for (const value of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
        const answer = await read({ 'if-none-match': value })
        expect([answer.status, answer.headers.etag, answer.body.length], `${url} ${value}`).toEqual([304, etag, 0])
      }
      expect((await read({ 'if-none-match': etag }, 'HEAD')).status, url).toBe(304)
      expect((await read({ 'if-none-match': '"x"' })).status, url).toBe(200)
      expect((await read({ 'if-match': etag })).status, url).toBe(200)
      expect((await read({ 'if-match': '"x"' })).status, url).toBe(412)
    }
  })
})

describe('every answer', () => {
  test('of a GET can be had by HEAD, with the same headers and no body', async () => {
    const image = await registry.image('head')
    await registry.pushManifest('head', image.bytes)
    const upload = String((await registry.send('POST', '/v2/test/example/blobs/uploads/')).headers.location)
    const example = '/v2/test/example'
    for (const path of [
      '/v2/',
      '/v2/_catalog?n=1',
      `${example}/tags/list?n=1`,
      `${example}/referrers/${image.digest}?artifactType=a`,
      `${example}/manifests/head`,
      `${example}/manifests/${image.digest}`,
      `${example}/blobs/${image.layer}`,
      upload,
    ]) {
      const [get, head] = [await registry.send('GET', path), await registry.send('HEAD', path)]
      const comparable = ({ status, headers }: Answer) => {
        const { date: _, 'x-request-id': __, ...rest } = headers
        return { status, ...rest }
      }
      expect(comparable(head)).toEqual(comparable(get))
      expect(head.body).toHaveLength(0)
      if (get.status !== 204) expect(get.headers['content-length']).toBe(String(get.body.length))
    }
  })

  test('to a pull that says of which registry its client thinks (ns) is as without it', async () => {
    const image = await registry.image('proxied')
    await registry.pushManifest('proxied', image.bytes)
    for (const path of [`manifests/proxied`, `blobs/${image.layer}`, 'tags/list', `referrers/${image.digest}`]) {
      const answer = await registry.send('GET', `/v2/test/example/${path}?ns=docker.io`)
      expect([answer.status, answer.headers['oci-namespace']]).toEqual([200, undefined])
    }
  })

  test('leaves its connection fit for the next request, though the body was refused unread', async () => {
    const socket = connect(registry.port, '127.0.0.1')
    let received = ''
    socket.setEncoding('utf8').on('data', (text: string) => (received += text))
    const head = `Host: localhost\r\nAuthorization: ${authorization}\r\n`
    const body = 'x'.repeat(1024 * 1024)
    socket.write(`PUT /v2/test/example/manifests/.bad HTTP/1.1\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`)
    socket.write(`GET /v2/ HTTP/1.1\r\n${head}\r\n`)
    await expect.poll(() => received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400', 'HTTP/1.1 200'])
    socket.destroy()
  })

  test('has a request id, and an unknown path or method says so', async () => {
    const unknown = await registry.send('GET', '/v2/test')
    expect(unknown.status).toBe(404)
    expect(unknown.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    const method = await registry.send('POST', '/v2/test/example/tags/list')
    expect([...codeOf(method), method.headers.allow]).toEqual([405, 'UNSUPPORTED', 'GET, HEAD'])
    for (const path of ['/v2/', '/v2/_catalog']) {
      const answer = await registry.send('DELETE', path)
      expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD'])
    }
  })

  test('a failing database is 503, says nothing of itself, and nothing is written', async () => {
    const other = await startTestRegistry()
    try {
      const image = await other.registry.image('x')
      await other.registry.ctx.db.prisma.$executeRawUnsafe('ALTER TABLE "Tag" RENAME TO "Gone"')
      const answer = await other.registry.pushManifest('v1', image.bytes)
      expect(codeOf(answer)).toEqual([503, 'UNKNOWN'])
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
      expect(JSON.stringify(answer.json)).not.toMatch(/prisma|sqlite|Tag/i)
      expect(await other.registry.ctx.db.prisma.manifest.count()).toBe(0)
    } finally {
      await other.close()
    }
  })
})

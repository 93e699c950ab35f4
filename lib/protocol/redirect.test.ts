import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type TestRegistry, startTestRegistry } from '@/lib/testing/test-registry'
import { isWithoutS3, startTestS3 } from '@/lib/testing/test-s3'
import type { S3Server } from '@/scripts/lib/s3-server.mjs'

/*
 * Blobs in S3 are read there by clients, when STELE_S3_REDIRECT is set. The store is real: what an address promises, it keeps.
 */
describe.skipIf(isWithoutS3)('pulling a blob from a registry that redirects to S3', () => {
  let s3: S3Server
  let registry: TestRegistry
  let close: () => Promise<void>
  let content: Buffer
  let digest: string

  const settings = (prefix: string) => ({
    ...{ STELE_STORAGE: 's3', STELE_S3_ENDPOINT: s3.endpoint, STELE_S3_BUCKET: 'blobs', STELE_S3_PREFIX: prefix },
    STELE_S3_REDIRECT: 'true',
    STELE_SECRET_KEY: 'ZTJlLXNlY3JldC1rZXktMDEyMzQ1Njc4OWFiY2RlZmdoaWo=',
  })

  beforeAll(async () => {
    s3 = await startTestS3()
    s3.createBucket('blobs')
    vi.stubEnv('AWS_ACCESS_KEY_ID', s3.credentials.accessKeyId)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', s3.credentials.secretAccessKey)
    ;({ registry, close } = await startTestRegistry(settings('a/b')))
    content = randomBytes(100_000)
    digest = await registry.pushBlob(content)
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await close()
    await s3.stop()
  })

  /** The store is at 127.0.0.1; the client talks to the registry at `localhost`, unless it says another host. */
  const get = (headers: Record<string, string> = {}, of = digest) =>
    registry.send('GET', `/v2/test/example/blobs/${of}`, {
      headers: { host: `localhost:${registry.port}`, ...headers },
    })

  test('is answered with an address that gives its bytes without credentials, for at most 15 minutes', async () => {
    const { status, headers, body } = await get()
    expect(status).toBe(307)
    expect(body.length).toBe(0)
    expect(headers['cache-control']).toBe('no-store')
    const address = new URL(String(headers.location))
    expect(address.origin).toBe(s3.endpoint)
    expect(address.pathname).toMatch(/^\/blobs\/a\/b\/objects\/[0-9a-f-]{36}$/)
    expect(Number(address.searchParams.get('X-Amz-Expires'))).toBe(900)
    const read = await fetch(address)
    expect(read.headers.get('content-type')).toBe('application/octet-stream')
    expect(Buffer.from(await read.arrayBuffer()).equals(content)).toBe(true)
  })

  test('gives an address for its own bytes only, and for reading only', async () => {
    const address = new URL(String((await get()).headers.location))
    const other = new URL(String((await get({}, await registry.pushBlob(randomBytes(100_000)))).headers.location))
    expect((await fetch(new URL(other.pathname + address.search, address))).status).toBe(403)
    expect((await fetch(address, { method: 'DELETE' })).status).toBe(403)
    address.searchParams.set('X-Amz-Expires', '901')
    expect((await fetch(address)).status).toBe(403)
  })

  test('has a range there, when the client repeats its header', async () => {
    const range = { range: 'bytes=10-19' }
    const { status, headers } = await get(range)
    expect(status).toBe(307)
    const read = await fetch(String(headers.location), { headers: range })
    expect(read.status).toBe(206)
    expect(Buffer.from(await read.arrayBuffer()).equals(content.subarray(10, 20))).toBe(true)
  })

  test.each<[string, Record<string, string>, number]>([
    ['several ranges', { range: 'bytes=0-1,10-11' }, 206],
    ['a range outside of it', { range: 'bytes=100000-' }, 416],
    ['a range that is not valid', { range: 'bytes=x' }, 200],
    ['a range of a certain content', { range: 'bytes=0-1', 'if-range': '"sha256:other"' }, 200],
    ['another content than the client has', { 'if-none-match': '"sha256:other"' }, 307],
    // A Go client would send its credentials along, to another port or to a name below.
    ['a host that is also the store of another port', { host: '127.0.0.1' }, 200],
  ])('is answered here where the store would answer in another way: %s', async (_, headers, status) => {
    expect((await get(headers)).status).toBe(status)
  })

  test('is answered here for HEAD, for the content that the client has, and for a small blob', async () => {
    const host = { host: `localhost:${registry.port}` }
    const head = await registry.send('HEAD', `/v2/test/example/blobs/${digest}`, { headers: host })
    expect([head.status, head.headers['content-length']]).toEqual([200, '100000'])
    expect((await get({ 'if-none-match': `"${digest}"` })).status).toBe(304)
    expect((await get({ 'if-match': `"${digest}"` })).status).toBe(200)
    const small = await get({}, await registry.pushBlob('small'))
    expect([small.status, small.body.toString()]).toEqual([200, 'small'])
  })

  test('has its address at the endpoint for clients, unless they would send their credentials along', async () => {
    const env = { ...settings('other'), STELE_S3_PUBLIC_ENDPOINT: 'https://s3.registry.test' }
    const other = await startTestRegistry(env)
    const path = `/v2/test/example/blobs/${await other.registry.pushBlob(content)}`
    const statuses = []
    for (const host of [
      'registry.test',
      'registry.test:5000',
      's3.registry.test',
      'gistry.test',
      'hub.registry.test',
    ]) {
      const { status, headers } = await other.registry.send('GET', path, { headers: { host } })
      statuses.push([host, status])
      if (status === 307) expect(headers.location).toMatch(/^https:\/\/s3\.registry\.test\/blobs\/other\//)
    }
    await other.close()
    expect(statuses).toEqual([
      ['registry.test', 200],
      ['registry.test:5000', 200],
      ['s3.registry.test', 200],
      ['gistry.test', 307],
      ['hub.registry.test', 307],
    ])
  })

  test('gives no address to callers who may not pull it, nor for blobs of other repositories', async () => {
    const path = `/v2/test/example/blobs/${digest}`
    const refused = await registry.send('GET', path, { anonymous: true, headers: { host: 'localhost' } })
    expect([refused.status, refused.headers.location]).toEqual([401, undefined])
    const elsewhere = await registry.send('GET', `/v2/test/other/blobs/${digest}`, { headers: { host: 'localhost' } })
    expect([elsewhere.status, elsewhere.headers.location]).toEqual([404, undefined])
  })
})

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestOf } from '@/lib/storage/hash'
import { type TestRegistry, authorization, startTestRegistry, codeOf } from '@/lib/testing/test-registry'

let registry: TestRegistry
let close: () => Promise<void>

beforeAll(async () => ({ registry, close } = await startTestRegistry()))
afterAll(() => close())

const uploads = '/v2/test/example/blobs/uploads/'
const zeroDigest = `sha256:${'0'.repeat(64)}`

async function startUpload(): Promise<string> {
  const { status, headers } = await registry.send('POST', uploads)
  expect(status).toBe(202)
  return String(headers.location)
}

async function blob(digest: string): Promise<Buffer | null> {
  const { status, body } = await registry.send('GET', `/v2/test/example/blobs/${digest}`)
  return status === 200 ? body : null
}

describe('pushing a blob', () => {
  test.each([
    ['empty', Buffer.alloc(0)],
    ['of one byte', Buffer.from('x')],
    ['of three chunks', randomBytes(3_000_001)],
  ])('%s in one request, in two, and in chunks gives the same bytes back', async (_, bytes) => {
    const digest = digestOf(bytes)
    const single = await registry.send('POST', `${uploads}?digest=${digest}`, { body: bytes })
    expect(single.status).toBe(201)
    expect(single.headers.location).toBe(`/v2/test/example/blobs/${digest}`)
    expect((await blob(digest))?.equals(bytes)).toBe(true)

    const two = await registry.send('PUT', `${await startUpload()}?digest=${digest}`, { body: bytes })
    expect(two.status).toBe(201)

    const location = await startUpload()
    let offset = 0
    for (const part of [bytes.subarray(0, 1_000_000), bytes.subarray(1_000_000, 2_500_000)]) {
      if (part.length === 0) continue
      const range = `${offset}-${offset + part.length - 1}`
      const { status, headers } = await registry.send('PATCH', location, {
        body: part,
        headers: { 'content-range': range },
      })
      offset += part.length
      expect([status, headers.range]).toEqual([202, `0-${offset - 1}`])
    }
    const last = await registry.send('PUT', `${location}?digest=${digest}`, { body: bytes.subarray(offset) })
    expect(last.status).toBe(201)
    expect((await blob(digest))?.equals(bytes)).toBe(true)
  })

  test('a condition is refused: an upload has no entity tag', async () => {
    const location = await startUpload()
    for (const [method, url] of [
      ['POST', uploads],
      ['PATCH', location],
      ['PUT', `${location}?digest=${digestOf(Buffer.from('x'))}`],
      ['DELETE', location],
    ] as const) {
      const headers = { 'if-match': `"${zeroDigest}"` }
      expect((await registry.send(method, url, { headers, body: 'x' })).status, method).toBe(400)
    }
    expect((await registry.send('GET', location)).headers.range).toBe('0-0')
  })

  test('a streamed chunk needs no Content-Range', async () => {
    const location = await startUpload()
    const answer = await registry.send('PATCH', location, {
      body: 'streamed',
      headers: { 'transfer-encoding': 'chunked' },
    })
    expect([answer.status, answer.headers.range]).toEqual([202, '0-7'])
    const done = await registry.send('PUT', `${location}?digest=${digestOf(Buffer.from('streamed'))}`)
    expect(done.status).toBe(201)
  })

  test('sha512 is as good as sha256', async () => {
    const bytes = Buffer.from('five twelve')
    const digest = digestOf(bytes, 'sha512')
    expect((await registry.send('POST', `${uploads}?digest=${digest}`, { body: bytes })).status).toBe(201)
    expect(await blob(digest)).toEqual(bytes)
  })
})

describe('the digest-algorithm of an upload', () => {
  test.each(['sha256', 'sha512'] as const)('%s is what its digest may then be of', async (algorithm) => {
    const bytes = randomBytes(1000)
    const opened = await registry.send('POST', `${uploads}?digest-algorithm=${algorithm}`)
    expect([opened.status, opened.headers.range]).toEqual([202, '0-0'])
    const location = String(opened.headers.location)
    await registry.send('PATCH', location, { body: bytes.subarray(0, 400) })
    const digest = digestOf(bytes, algorithm)
    const done = await registry.send('PUT', `${location}?digest=${digest}`, { body: bytes.subarray(400) })
    expect([done.status, done.headers['docker-content-digest']]).toEqual([201, digest])
    expect(await blob(digest)).toEqual(bytes)
  })

  test.each(['md5', 'SHA256', '', 'sha256:'])('%o is none, and nothing is opened', async (algorithm) => {
    const before = await registry.ctx.db.prisma.upload.count()
    const answer = await registry.send('POST', `${uploads}?digest-algorithm=${algorithm}`)
    expect(codeOf(answer)).toEqual([400, 'DIGEST_INVALID'])
    expect(await registry.ctx.db.prisma.upload.count()).toBe(before)
  })
})

describe('bad uploads get a clear error and store nothing', () => {
  test('a wrong digest; the upload can still be finished with the right one', async () => {
    const location = await startUpload()
    await registry.send('PATCH', location, { body: 'content' })
    expect(codeOf(await registry.send('PUT', `${location}?digest=${zeroDigest}`))).toEqual([400, 'DIGEST_INVALID'])
    expect(await blob(zeroDigest)).toBeNull()
    expect((await registry.send('PUT', `${location}?digest=${digestOf(Buffer.from('content'))}`)).status).toBe(201)
  })

  test('a wrong digest of a single request leaves no upload', async () => {
    const before = await registry.ctx.db.prisma.upload.count()
    const answer = await registry.send('POST', `${uploads}?digest=${zeroDigest}`, { body: 'content' })
    expect(codeOf(answer)).toEqual([400, 'DIGEST_INVALID'])
    expect(await registry.ctx.db.prisma.upload.count()).toBe(before)
  })

  test.each(['sha256:xyz', 'md5:d41d8cd98f00b204e9800998ecf8427e', '', `sha256:${'A'.repeat(64)}`])(
    'the digest %o is none',
    async (digest) => {
      const query = `?digest=${encodeURIComponent(digest)}`
      expect(codeOf(await registry.send('POST', uploads + query))).toEqual([400, 'DIGEST_INVALID'])
      expect(codeOf(await registry.send('PUT', (await startUpload()) + query))).toEqual([400, 'DIGEST_INVALID'])
    },
  )

  test.each(['5-9', '2-3', '0-3'])(
    'a chunk at %s after 0-3 is a gap or an overlap; the upload goes on',
    async (range) => {
      const location = await startUpload()
      await registry.send('PATCH', location, { body: 'abcd', headers: { 'content-range': '0-3' } })
      const [start = 0, end = 0] = range.split('-').map(Number)
      const body = 'z'.repeat(end - start + 1)
      const answer = await registry.send('PATCH', location, { body, headers: { 'content-range': range } })
      expect(codeOf(answer)).toEqual([416, 'BLOB_UPLOAD_INVALID'])
      const closing = await registry.send('PUT', `${location}?digest=${zeroDigest}`, {
        body,
        headers: { 'content-range': range },
      })
      expect(closing.status).toBe(416)
      for (const { headers } of [answer, closing]) expect([headers.location, headers.range]).toEqual([location, '0-3'])
      expect((await registry.send('GET', location)).headers.range).toBe('0-3')
      await registry.send('PATCH', location, { body: 'ef', headers: { 'content-range': '4-5' } })
      expect((await registry.send('PUT', `${location}?digest=${digestOf(Buffer.from('abcdef'))}`)).status).toBe(201)
    },
  )

  test.each(['bytes 0-3/4', '0-', 'x', '-3', '3-0'])('the Content-Range %o has not the form', async (range) => {
    const answer = await registry.send('PATCH', await startUpload(), {
      body: 'abcd',
      headers: { 'content-range': range },
    })
    expect(answer.status).toBe(range === '3-0' ? 416 : 400)
  })

  test('a Content-Range of another length than the body', async () => {
    const location = await startUpload()
    const declared = await registry.send('PATCH', location, { body: 'abcd', headers: { 'content-range': '0-9' } })
    expect(codeOf(declared)).toEqual([400, 'SIZE_INVALID'])
    const streamed = await registry.send('PATCH', location, {
      body: 'abcd',
      headers: { 'content-range': '0-1', 'transfer-encoding': 'chunked' },
    })
    expect(codeOf(streamed)).toEqual([400, 'SIZE_INVALID'])
  })

  test.each([`${uploads}00000000-0000-4000-8000-000000000000`, `${uploads}not-a-uuid`, `${uploads}..%2f..%2fetc`])(
    'the unknown upload %s',
    async (location) => {
      for (const method of ['GET', 'PATCH', 'DELETE']) {
        expect(codeOf(await registry.send(method, location))).toEqual([404, 'BLOB_UPLOAD_UNKNOWN'])
      }
      expect((await registry.send('PUT', `${location}?digest=${zeroDigest}`)).status).toBe(404)
    },
  )

  test('an upload of another repository is unknown here', async () => {
    const { instanceId, namespaceId } = await registry.ctx.db.prisma.repository.findFirstOrThrow()
    await registry.ctx.db.prisma.repository.create({
      data: {
        id: 'crr-other',
        instanceId,
        namespaceId,
        name: 'other',
        path: 'test/other',
        type: 'PRIVATE',
        summary: '',
        description: '',
        updatedBy: 'admin',
      },
    })
    const location = (await startUpload()).replace('/example/', '/other/')
    expect((await registry.send('PATCH', location, { body: 'x' })).status).toBe(404)
    const digest = await registry.pushBlob('only in example')
    expect((await registry.send('GET', `/v2/test/other/blobs/${digest}`)).status).toBe(404)
    const mounted = await registry.send('POST', `/v2/test/other/blobs/uploads/?mount=${digest}&from=test/example`)
    expect(mounted.status).toBe(201)
    expect((await registry.send('GET', `/v2/test/other/blobs/${digest}`)).status).toBe(200)
    const elsewhere = await registry.pushBlob('in example too')
    const anonymous = await registry.send('POST', `/v2/test/other/blobs/uploads/?mount=${elsewhere}`)
    expect(anonymous.status).toBe(201)
    expect((await registry.send('GET', `/v2/test/other/blobs/${elsewhere}`)).status).toBe(200)
    const missing = await registry.send('POST', `/v2/test/other/blobs/uploads/?mount=${zeroDigest}`)
    expect(missing.status).toBe(202)
    const nowhere = await registry.send('POST', `/v2/test/other/blobs/uploads/?mount=${digest}&from=test/none`)
    expect(nowhere.status).toBe(202)
  })

  test('a body that ends early is no blob, and what came of it can be gone on with', async () => {
    const location = await startUpload()
    await sendPartly('PATCH', location)
    await expect.poll(() => sizeOf(location)).toBe(part.length)
    const range = `${part.length}-${part.length + 2}`
    await registry.send('PATCH', location, { body: 'end', headers: { 'content-range': range } })
    const digest = digestOf(Buffer.concat([part, Buffer.from('end')]))
    expect((await registry.send('PUT', `${location}?digest=${digest}`)).status).toBe(201)
  })

  test('a single request that ends early leaves no upload and no file', async () => {
    const files = () => readdir(path.join(registry.ctx.config.dataDir, 'uploads'))
    const [rows, before] = [await registry.ctx.db.prisma.upload.count(), await files()]
    await sendPartly('POST', `${uploads}?digest=${zeroDigest}`)
    await expect.poll(() => registry.ctx.db.prisma.upload.count()).toBe(rows)
    await expect.poll(files).toEqual(before)
  })

  test('two requests that write to one upload at once: the second is refused, the first goes on', async () => {
    const location = await startUpload()
    const first = connect(registry.port, '127.0.0.1')
    first.write(requestHead('PATCH', location, part.length + 3))
    first.write(part)
    await expect.poll(() => sizeOf(location)).toBeGreaterThan(1)
    expect(codeOf(await registry.send('PATCH', location, { body: 'x' }))).toEqual([409, 'BLOB_UPLOAD_INVALID'])
    expect((await registry.send('PUT', `${location}?digest=${zeroDigest}`)).status).toBe(409)
    first.write('end')
    const [answer] = (await once(first, 'data')) as [Buffer]
    first.destroy()
    expect(answer.toString()).toMatch(/^HTTP\/1.1 202 /)
    expect(await sizeOf(location)).toBe(part.length + 3)
  })

  test('cancelling drops the upload', async () => {
    const location = await startUpload()
    expect((await registry.send('DELETE', location)).status).toBe(204)
    expect((await registry.send('GET', location)).status).toBe(404)
  })
})

describe('pulling a blob', () => {
  const bytes = randomBytes(2048)
  let url: string
  beforeAll(async () => {
    url = `/v2/test/example/blobs/${await registry.pushBlob(bytes)}`
  })

  test('HEAD says size and digest', async () => {
    const { status, headers } = await registry.send('HEAD', url)
    expect([status, headers['content-length'], headers['docker-content-digest']]).toEqual([
      200,
      '2048',
      digestOf(bytes),
    ])
  })

  test.each([
    ['bytes=0-0', 0, 0],
    ['bytes=10-99', 10, 99],
    ['bytes=2000-', 2000, 2047],
    ['bytes=-48', 2000, 2047],
    ['bytes=2000-9999', 2000, 2047],
  ])('%s answers 206 with those bytes', async (range, start, end) => {
    const answer = await registry.send('GET', url, { headers: { range } })
    expect([answer.status, answer.headers['content-range']]).toEqual([206, `bytes ${start}-${end}/2048`])
    expect(answer.body).toEqual(bytes.subarray(start, end + 1))
  })

  test('several ranges are answered in several parts, each with its place', async () => {
    const ranges = [
      [2000, 2047],
      [0, 9],
      [100, 100],
    ] as const
    const answer = await registry.send('GET', url, { headers: { range: 'bytes=2000-,0-9,100-100' } })
    const boundary = /^multipart\/byteranges; boundary=(\S+)$/.exec(String(answer.headers['content-type']))?.[1]
    expect([answer.status, answer.headers['content-length']]).toEqual([206, String(answer.body.length)])
    const parts = ranges.flatMap(([start, end]) => [
      Buffer.from(`\r\n--${boundary}\r\nContent-Type: application/octet-stream\r\n`),
      Buffer.from(`Content-Range: bytes ${start}-${end}/2048\r\n\r\n`),
      bytes.subarray(start, end + 1),
    ])
    expect(answer.body).toEqual(Buffer.concat([...parts, Buffer.from(`\r\n--${boundary}--\r\n`)]))
  })

  test('ranges that make one are answered as one', async () => {
    const answer = await registry.send('GET', url, { headers: { range: 'bytes=0-9,5-19' } })
    expect([answer.status, answer.headers['content-range']]).toEqual([206, 'bytes 0-19/2048'])
    expect(answer.body).toEqual(bytes.subarray(0, 20))
  })

  test('a range counts only while If-Range names the blob', async () => {
    const read = (ifRange: string) =>
      registry.send('GET', url, { headers: { range: 'bytes=0-9', 'if-range': ifRange } })
    expect((await read(`"${digestOf(bytes)}"`)).status).toBe(206)
    for (const other of ['"x"', `W/"${digestOf(bytes)}"`, 'Sat, 21 Nov 2026 00:00:00 GMT']) {
      const answer = await read(other)
      expect([answer.status, answer.body.length], other).toEqual([200, 2048])
    }
  })

  test.each(['bytes=5000-10000', 'bytes=500-0'])('%s answers 416 with the size', async (range) => {
    const answer = await registry.send('GET', url, { headers: { range } })
    expect([answer.status, answer.headers['content-range']]).toEqual([416, 'bytes */2048'])
  })
})

function requestHead(method: string, target: string, length: number) {
  return `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\nContent-Length: ${length}\r\n\r\n`
}

/** More than the store collects before it writes, so that a test can see that the request is under way. */
const part = randomBytes(3 * 1024 * 1024)

/** How many bytes an upload has, by its Range; 1 also when it has none. */
async function sizeOf(location: string): Promise<number> {
  const { headers } = await registry.send('GET', location)
  return Number(String(headers.range).split('-')[1]) + 1
}

/** Sends `part` of a request that promises more, waits until it is being stored, and hangs up. */
async function sendPartly(method: string, target: string): Promise<void> {
  const stored = async () => {
    const folder = path.join(registry.ctx.config.dataDir, 'uploads')
    const files = await readdir(folder)
    return Math.max(0, ...(await Promise.all(files.map(async (file) => (await stat(path.join(folder, file))).size))))
  }
  const before = await stored()
  const socket = connect(registry.port, '127.0.0.1')
  socket.write(requestHead(method, target, part.length + 1000))
  socket.write(part)
  await expect.poll(stored).toBeGreaterThan(before)
  socket.resume().end()
  await once(socket, 'close')
}

import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { Writable } from 'node:stream'

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { AppError } from '@/lib/domain/errors'
import { createObjectIndex } from '@/lib/server/object-index'
import type { BlobStore } from '@/lib/storage/blob-store'
import { appError, bodyOf, expectSame, publish } from '@/lib/storage/blob-store.contract'
import { digestOf } from '@/lib/storage/hash'
import { readAll } from '@/lib/storage/read-all'
import { faults, type FaultProxy, lastingFaults, startFaultProxy } from '@/lib/testing/fault-proxy'
import { openTestDatabase } from '@/lib/testing/test-database'
import { createBucket, isWithoutS3, startTestS3 } from '@/lib/testing/test-s3'
import type { S3Server } from '@/scripts/lib/s3-server.mjs'
import { openS3BlobStore } from './open-s3'
import { bytesInParts } from './part-buffer'
import { usualCutting } from './upload-writer'

const mebibyte = 1024 * 1024
const patience = { attempts: 4, firstWaitMs: 2, silenceMs: 400, completionMs: 2_000 }
const cutting = { ...usualCutting, partBytes: 5 * mebibyte, idleMs: 50 }

/*
 * A proxy that breaks requests stands between the driver and a real S3 server. Whatever breaks, what was acknowledged is
 * there with its bytes, and what failed says UNAVAILABLE and can be gone on with.
 */
describe.skipIf(isWithoutS3)('an S3 store behind a bad connection', () => {
  let server: S3Server
  let proxy: FaultProxy
  let store: BlobStore
  let open: () => Promise<BlobStore>
  let database: Awaited<ReturnType<typeof openTestDatabase>>

  beforeAll(async () => {
    server = await startTestS3()
    proxy = await startFaultProxy(server.endpoint)
    database = await openTestDatabase()
    const setting = { ...createBucket(server), endpoint: proxy.endpoint }
    const index = createObjectIndex(database.db)
    open = () => openS3BlobStore(setting, index, { credentials: server.credentials, patience, cutting })
  })
  beforeEach(async () => {
    proxy.choose(() => null)
    // As another process: it has hashed nothing.
    store = await open()
  })
  afterAll(async () => {
    await proxy.close()
    await server.stop()
    await database.close()
  })

  /** All that a blob goes through: two appends, a commit, reads and a range; and an upload that is aborted, and a sweep. */
  async function run(bytes: Buffer): Promise<void> {
    const uploadId = randomUUID()
    const digest = digestOf(bytes)
    const half = Math.floor(bytes.length / 3)
    await store.create(uploadId)
    await store.append(uploadId, 0, bodyOf(...slices(bytes.subarray(0, half))))
    await store.append(uploadId, half, bodyOf(...slices(bytes.subarray(half))))
    await store.commit(uploadId, digest)
    expectSame(await readAll(store, digest, bytes.length), bytes)
    const part = await store.read(digest, { start: 1000, end: 2000 })
    const chunks: Buffer[] = []
    await part.pipeTo(
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          chunks.push(Buffer.from(chunk))
          done()
        },
      }),
    )
    expectSame(Buffer.concat(chunks), bytes.subarray(1000, 2001))
    const aborted = randomUUID()
    await store.create(aborted)
    await store.append(aborted, 0, bodyOf(...slices(bytes)))
    await store.abort(aborted)
    const listed = []
    for await (const blob of store.listBlobs()) listed.push(blob.digest)
    expect(listed).toContain(digest)
    await store.sweep?.(new Date(Date.now() + 3_600_000), new AbortController().signal)
    expectSame(await readAll(store, digest, bytes.length), bytes)
  }

  it.each(faults)('bears %s of the first attempt of each request', async (fault) => {
    const seen = new Set<string>()
    proxy.choose((_n, { method, url }) => {
      const isFirst = !seen.has(`${method} ${url}`)
      seen.add(`${method} ${url}`)
      return isFirst ? fault : null
    })
    await run(randomBytes(6 * mebibyte))
    expect(seen.size).toBeGreaterThan(5)
  })

  it.each(['503', 'cut before', 'cut after', 'silence', ...lastingFaults] as const)(
    'says UNAVAILABLE while all is %s, and goes on where it was',
    async (fault) => {
      const [first, second] = [randomBytes(6 * mebibyte), randomBytes(6 * mebibyte)]
      const bytes = Buffer.concat([first, second])
      const digest = digestOf(bytes)
      const uploadId = randomUUID()
      await store.create(uploadId)
      await store.append(uploadId, 0, bodyOf(first))
      const unavailable = appError('UNAVAILABLE')

      proxy.choose(() => fault)
      await expect(store.append(uploadId, first.length, bodyOf(second))).rejects.toEqual(unavailable)
      await expect(store.commit(uploadId, digestOf(first))).rejects.toEqual(unavailable)
      await expect(store.probe()).rejects.toEqual(unavailable)
      expect(await store.uploadSize(uploadId)).toBe(first.length)
      expect(await store.stat(digestOf(first))).toBeNull()

      proxy.choose(() => null)
      if (fault === 'cut after') {
        // The store has completed it, so the same bytes are published by another try.
        await store.commit(uploadId, digestOf(first))
        expectSame(await readAll(store, digestOf(first), first.length), first)
        return
      }
      await store.append(uploadId, first.length, bodyOf(second))
      await store.commit(uploadId, digest)
      expectSame(await readAll(store, digest, bytes.length), bytes)

      proxy.choose(() => fault)
      await expect(readAll(store, digest, bytes.length)).rejects.toEqual(unavailable)
      expect(await store.stat(digest)).toBe(bytes.length)
    },
    60_000,
  )

  it('names the region of a bucket that is elsewhere', async () => {
    proxy.choose(() => 'moved')
    const error: unknown = await store.probe().catch((thrown: unknown) => thrown)
    expect(AppError.is(error) && String(error.cause)).toMatch(/301 PermanentRedirect .*: the bucket is in eu-far-1$/)
  })

  it('gives no blob whose bytes break off for good', async () => {
    const bytes = randomBytes(3 * mebibyte)
    const digest = await publish(store, bytes)
    proxy.choose(() => 'cut answer')
    await expect(readAll(store, digest, bytes.length)).rejects.toEqual(appError('UNAVAILABLE'))
  })

  it('waits longer for a store that copies the parts when it completes an upload', async () => {
    const bytes = randomBytes(6 * mebibyte)
    const uploadId = randomUUID()
    await store.create(uploadId)
    await store.append(uploadId, 0, bodyOf(...slices(bytes)))
    let completions = 0
    proxy.choose((_n, { method, url }) => {
      const isCompletion = method === 'POST' && url.includes('uploadId=')
      if (isCompletion) completions += 1
      return isCompletion ? 'late' : null
    })
    await store.commit(uploadId, digestOf(bytes))
    expect(completions).toBe(1)
    expectSame(await readAll(store, digestOf(bytes), bytes.length), bytes)
  })

  it('goes on with an upload that was completed, but not published', async () => {
    const [first, second] = [randomBytes(6 * mebibyte), randomBytes(11 * mebibyte)]
    const bytes = Buffer.concat([first, second])
    const uploadId = randomUUID()
    await store.create(uploadId)
    await store.append(uploadId, 0, bodyOf(first))
    // Wrong, and unknown to this process, so that it completes the upload before it can know.
    await expect((await open()).commit(uploadId, digestOf(bytes))).rejects.toEqual(
      appError('DIGEST_INVALID', { digest: digestOf(bytes), actual: digestOf(first), size: first.length }),
    )
    expect(await store.uploadSize(uploadId)).toBe(first.length)
    await (await open()).append(uploadId, first.length, bodyOf(...slices(second)))
    await (await open()).commit(uploadId, digestOf(bytes))
    expectSame(await readAll(store, digestOf(bytes), bytes.length), bytes)
  })

  it('forgets an upload whose parts the store has removed', async () => {
    const uploadId = randomUUID()
    const bytes = randomBytes(6 * mebibyte)
    await store.create(uploadId)
    await store.append(uploadId, 0, bodyOf(bytes))
    const upload = await createObjectIndex(database.db).findUpload(uploadId)
    expect(upload?.parts).toHaveLength(1)
    await createObjectIndex(database.db).changeUpload(uploadId, upload?.version ?? 0, {
      multipart: { key: upload?.multipart?.key ?? '', id: randomUUID() },
    })
    await expect(store.commit(uploadId, digestOf(bytes))).rejects.toEqual(appError('BLOB_UPLOAD_UNKNOWN', { uploadId }))
    expect(await store.uploadSize(uploadId)).toBeNull()
  })

  it('loses and changes nothing while everything breaks now and then', async () => {
    const acknowledged = new Map<string, Buffer>()
    for (let round = 0; round < 6; round++) {
      const bytes = randomBytes(randomInt(1, 9 * mebibyte))
      const uploadId = randomUUID()
      await store.create(uploadId)
      proxy.choose(() => (randomInt(100) < 25 ? (faults[randomInt(faults.length)] ?? null) : null))
      for (let tries = 0; tries < 20; tries++) {
        if (tries === 15) proxy.choose(() => null)
        try {
          if (randomInt(3) === 0) store = await open()
          const size = await store.uploadSize(uploadId)
          if (size === null) break
          const end = Math.min(bytes.length, size + randomInt(1, 8 * mebibyte))
          await store.append(uploadId, size, bodyOf(...slices(bytes.subarray(size, end))))
          if (end < bytes.length) continue
          await store.commit(uploadId, digestOf(bytes))
          acknowledged.set(digestOf(bytes), bytes)
        } catch (error) {
          expect(AppError.is(error) && ['UNAVAILABLE', 'BLOB_UPLOAD_UNKNOWN'].includes(error.code), String(error)).toBe(
            true,
          )
        }
      }
    }
    proxy.choose(() => null)
    expect(acknowledged.size).toBeGreaterThan(2)
    for await (const { digest, sizeBytes } of store.listBlobs()) {
      const bytes = await readAll(store, digest, sizeBytes)
      expect(digestOf(bytes)).toBe(digest)
      acknowledged.delete(digest)
    }
    expect([...acknowledged.keys()]).toEqual([])
  }, 120_000)

  it('takes the memory of two parts for an upload, however large, and gives it back', async () => {
    const piece = randomBytes(mebibyte)
    const before = bytesInParts()
    let most = 0
    proxy.choose(() => 'slow')
    async function* body(): AsyncGenerator<readonly Uint8Array[]> {
      for (let count = 0; count < 32; count++) {
        most = Math.max(most, bytesInParts())
        yield await Promise.resolve(slices(piece))
      }
    }
    const uploadId = randomUUID()
    await store.create(uploadId)
    expect(await store.append(uploadId, 0, body())).toBe(32 * mebibyte)
    expect(before).toBe(0)
    expect(most).toBeGreaterThan(cutting.partBytes)
    expect(most).toBeLessThanOrEqual(3 * cutting.partBytes)
    expect(bytesInParts()).toBe(0)
    await store.abort(uploadId)
  })
})

function slices(bytes: Buffer): Buffer[] {
  const length = 65_536
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, n) =>
    bytes.subarray(n * length, (n + 1) * length),
  )
}

import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { parseDigest, type Digest } from '@/lib/domain/digest'
import { AppError, type ErrorCode } from '@/lib/domain/errors'

import type { BlobStore } from './blob-store'
import { digestOf } from './hash'
import { isIntact } from './is-intact'
import { readAll } from './read-all'

const mebibyte = 1024 * 1024
const absent = parseDigest(`sha256:${'0'.repeat(64)}`)
const empty = new Uint8Array(0)

/** How far a file system's clock may be behind the clock of the process, in milliseconds. */
const clockGrainMs = 10

/** An empty store that a driver's test opened for one test. */
export interface OpenedBlobStore {
  readonly store: BlobStore
  /** Overwrites the blob's stored bytes, as a failing disk does. */
  damage(digest: Digest, bytes: Uint8Array): Promise<void>
  /** Opens the same storage again, as another process or a restarted one would. */
  reopen(): Promise<BlobStore>
  /** The names of everything in the storage except the folders or prefixes of its layout: blobs and uploads. */
  listContents(): Promise<string[]>
  close(): Promise<void>
}

/** The chunks, as a request body delivers them. */
export async function* bodyOf(...chunks: Uint8Array[]): AsyncGenerator<readonly Uint8Array[]> {
  for (const chunk of chunks) yield await Promise.resolve([chunk])
}

/** The chunks of a stream, as a request body delivers them. */
async function* inGroups(stream: PassThrough): AsyncGenerator<readonly Uint8Array[]> {
  for await (const chunk of stream) yield [chunk as Uint8Array]
}

/** The chunks, then a failure: a client that disconnected. */
export async function* brokenBodyOf(...chunks: Uint8Array[]): AsyncGenerator<readonly Uint8Array[]> {
  yield* bodyOf(...chunks)
  throw new Error('aborted')
}

/** Creates an upload with these bytes and leaves it open. */
export async function upload(store: BlobStore, bytes: Uint8Array): Promise<string> {
  const uploadId = randomUUID()
  await store.create(uploadId)
  await store.append(uploadId, 0, bodyOf(bytes))
  return uploadId
}

/** Stores a blob with these bytes. */
export async function publish(store: BlobStore, bytes: Uint8Array): Promise<Digest> {
  const digest = digestOf(bytes)
  await store.commit(await upload(store, bytes), digest)
  return digest
}

/** Compares bytes in one call; `toEqual` compares one by one and takes seconds for a few mebibytes. */
export function expectSame(actual: Buffer, expected: Buffer): void {
  expect(actual.length).toBe(expected.length)
  expect(actual.equals(expected)).toBe(true)
}

/** Asks until the answer passes, and returns it. */
async function until<T>(ask: () => Promise<T | null>, passes: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer !== null && passes(answer)) return answer
    await setTimeout(1)
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const item of items) collected.push(item)
  return collected
}

function expectBetween(actual: Date | null, from: Date, to: Date): void {
  expect(actual?.getTime()).toBeGreaterThanOrEqual(from.getTime() - clockGrainMs)
  expect(actual?.getTime()).toBeLessThanOrEqual(to.getTime() + clockGrainMs)
}

/** Matches an AppError by its code and, if given, its detail. */
export function appError(code: ErrorCode, detail?: AppError['detail']): unknown {
  return detail === undefined
    ? expect.objectContaining({ name: 'AppError', code })
    : expect.objectContaining({ name: 'AppError', code, detail })
}

/** The promises of every `BlobStore` driver. `open` gives each test a new store. */
export function describeBlobStore(name: string, open: () => Promise<OpenedBlobStore>): void {
  describe(`${name} as a blob store`, () => {
    let opened: OpenedBlobStore
    let store: BlobStore

    beforeEach(async () => {
      opened = await open()
      store = opened.store
    })
    afterEach(() => opened.close())

    describe('a published blob', () => {
      it.each([
        ['no byte', 0],
        ['one byte', 1],
        ['the reader’s buffer to the byte', 512 * 1024],
        ['one byte more than the reader’s buffer', 512 * 1024 + 1],
        ['one byte more than the writer’s batch', mebibyte + 1],
        ['5 MiB and a bit', 5 * mebibyte + 12345],
      ])('of %s is read back byte for byte', async (_size, size) => {
        const bytes = randomBytes(size)
        const uploadId = randomUUID()
        await store.create(uploadId)
        expect(await store.append(uploadId, 0, bodyOf(...slices(bytes, 65_536)))).toBe(size)
        expect(await store.commit(uploadId, digestOf(bytes))).toBe(size)

        expect(await store.stat(digestOf(bytes))).toBe(size)
        expect([size, null]).toContain(store.statNow(digestOf(bytes)))
        expectSame(await readAll(store, digestOf(bytes), size), bytes)
        expect(await store.uploadSize(uploadId)).toBeNull()
        expect(await opened.listContents()).toHaveLength(1)
      })

      it('may be named by its sha512', async () => {
        const bytes = randomBytes(3 * mebibyte)
        const digest = digestOf(bytes, 'sha512')
        await store.commit(await upload(store, bytes), digest)
        expectSame(await readAll(store, digest, bytes.length), bytes)
        expect(await store.stat(digestOf(bytes))).toBeNull()
      })

      it('is the same after a restart', async () => {
        const bytes = randomBytes(1000)
        const digest = await publish(store, bytes)
        expectSame(await readAll(await opened.reopen(), digest, 1000), bytes)
      })

      it('is gone after it was deleted, and deleting it again succeeds', async () => {
        const digest = await publish(store, randomBytes(1000))
        await store.delete(digest)
        await store.delete(digest)
        expect(await store.stat(digest)).toBeNull()
        expect(await opened.listContents()).toEqual([])
      })

      it('can be read to its end by whoever opened it before it was deleted', async () => {
        const bytes = randomBytes(2 * mebibyte)
        const digest = await publish(store, bytes)
        const reader = await store.read(digest)
        await store.delete(digest)
        const sink = collector()
        await reader.pipeTo(sink)
        expectSame(sink.bytes(), bytes)
      })

      it('is in memory only when it is small enough', async () => {
        const digest = await publish(store, randomBytes(1001))
        await expect(readAll(store, digest, 1000)).rejects.toEqual(appError('SIZE_INVALID', { digest, size: 1001 }))
      })
    })

    it('knows nothing of a blob that was never published', async () => {
      expect(await store.stat(absent)).toBeNull()
      expect(store.statNow(absent)).toBeNull()
      await expect(store.read(absent)).rejects.toEqual(appError('BLOB_UNKNOWN', { digest: absent }))
      await store.delete(absent)
    })

    describe('the time a blob was published', () => {
      const bytes = randomBytes(1000)
      const digest = digestOf(bytes)

      it('is that of its commit', async () => {
        expect(await store.publishedAt(digest)).toBeNull()
        const uploadId = await upload(store, bytes)
        const before = new Date()
        await store.commit(uploadId, digest)
        expectBetween(await store.publishedAt(digest), before, new Date())
      })

      it('is that of its last commit, also when its bytes were there already', async () => {
        await publish(store, bytes)
        const before = new Date()
        await publish(store, bytes)
        expectBetween(await store.publishedAt(digest), before, new Date())
      })
    })

    describe('a list', () => {
      it('has every blob, and every upload, once', async () => {
        const before = new Date()
        const contents = Array.from({ length: 40 }, (_, n) => Buffer.from(`blob ${n}`))
        for (const bytes of contents) await publish(store, bytes)
        await store.commit(await upload(store, Buffer.from('other')), digestOf(Buffer.from('other'), 'sha512'))
        const uploadId = await upload(store, Buffer.from('half of'))

        const blobs = await collect(store.listBlobs())
        const expected = [
          ...contents.map((bytes) => `${digestOf(bytes)} ${bytes.length}`),
          `${digestOf(Buffer.from('other'), 'sha512')} 5`,
        ]
        expect(blobs.map(({ digest, sizeBytes }) => `${digest} ${sizeBytes}`).sort()).toEqual(expected.sort())
        for (const { publishedAt } of blobs) expectBetween(publishedAt, before, new Date())

        const uploads = await collect(store.listUploads())
        expect(uploads).toEqual([{ id: uploadId, sizeBytes: 7, changedAt: expect.any(Date) as Date }])
      })

      it('is empty of an empty store', async () => {
        expect(await collect(store.listBlobs())).toEqual([])
        expect(await collect(store.listUploads())).toEqual([])
      })

      it('bears that what it lists is removed meanwhile', async () => {
        for (let n = 0; n < 40; n++) await publish(store, Buffer.from(`blob ${n}`))
        for await (const { digest } of store.listBlobs()) await store.delete(digest)
        expect(await opened.listContents()).toEqual([])
      })
    })

    describe('bytes that have changed', () => {
      const bytes = randomBytes(2 * mebibyte)
      const digest = digestOf(bytes)
      const flipped = Buffer.from(bytes)
      flipped[mebibyte] = (flipped[mebibyte] ?? 0) ^ 1
      const atOnce = () => Promise.resolve()

      it.each([
        ['one flipped bit', flipped],
        ['a lost end', bytes.subarray(0, 100)],
        ['nothing left', empty],
      ])('are found by reading them again: %s', async (_name, damaged) => {
        await publish(store, bytes)
        expect(await isIntact(store, digest, atOnce)).toBe(true)
        await opened.damage(digest, damaged)
        expect(await isIntact(store, digest, atOnce)).toBe(false)
      })

      it('are found of a sha512 too', async () => {
        const sha512 = digestOf(bytes, 'sha512')
        await store.commit(await upload(store, bytes), sha512)
        expect(await isIntact(store, sha512, atOnce)).toBe(true)
        await opened.damage(sha512, flipped)
        expect(await isIntact(store, sha512, atOnce)).toBe(false)
      })

      it('are read at the pace of who asks, who may end it', async () => {
        await publish(store, bytes)
        let read = 0
        const reason = new Error('stopping')
        const stopEarly = (count: number) => {
          read += count
          return read > mebibyte ? Promise.reject(reason) : Promise.resolve()
        }
        await expect(isIntact(store, digest, stopEarly)).rejects.toBe(reason)
        expect(read).toBeLessThan(bytes.length)
      })

      it('are not served once put aside, are kept, and good ones can be published', async () => {
        await publish(store, bytes)
        await opened.damage(digest, flipped)
        await store.quarantine(digest)
        await store.quarantine(digest)
        expect(await store.stat(digest)).toBeNull()
        await expect(store.read(digest)).rejects.toEqual(appError('BLOB_UNKNOWN', { digest }))
        expect(await collect(store.listBlobs())).toEqual([])
        expect(await opened.listContents()).toHaveLength(1)

        await publish(store, bytes)
        expectSame(await readAll(store, digest, bytes.length), bytes)
        expect(await opened.listContents()).toHaveLength(2)
      })

      it.each([
        ['sha256', 'all bytes', flipped],
        ['sha512', 'all bytes', flipped],
        ['sha256', 'no bytes', empty],
      ] as const)('are found by their reader: %s of %s', async (algorithm, _name, damaged) => {
        const named = digestOf(bytes, algorithm)
        await store.commit(await upload(store, bytes), named)
        const sound = await store.read(named)
        expect(await sound.check()).toBe(true)
        await sound.close()
        await opened.damage(named, damaged)
        const reader = await store.read(named)
        const checked = reader.check()
        await reader.close() // the check goes on
        expect(await checked).toBe(false)
      })

      it('are not checked by more readers than can wait, and by others later', async () => {
        await publish(store, bytes)
        const readers = await Promise.all(Array.from({ length: 100 }, () => store.read(digest)))
        const checks = readers.map((reader) => reader.check())
        expect(checks.filter((check) => check === null).length).toBeGreaterThan(0)
        expect(new Set(await Promise.all(checks.filter((check) => check !== null)))).toEqual(new Set([true]))
        await Promise.all(readers.map((reader) => reader.close()))
        const later = await store.read(digest)
        expect(await later.check()).toBe(true)
        await later.close()
      })

      it.each([
        ['one flipped bit', flipped],
        ['a lost end', bytes.subarray(0, 100)],
      ])('are replaced by the next push: %s', async (_name, damaged) => {
        await publish(store, bytes)
        await opened.damage(digest, damaged)
        await publish(store, bytes)
        expectSame(await readAll(store, digest, bytes.length), bytes)
        expect(await opened.listContents()).toHaveLength(1)
      })
    })

    describe('a range of a blob', () => {
      it.each([
        ['its first byte', 0, 0],
        ['its last byte', 2_999_999, 2_999_999],
        ['all of it', 0, 2_999_999],
        ['a stretch over several buffers', 500_000, 2_500_000],
      ])('is %s', async (_name, start, end) => {
        const bytes = randomBytes(3_000_000)
        const reader = await store.read(await publish(store, bytes), { start, end })
        expect(reader).toMatchObject({ size: 3_000_000, length: end - start + 1 })
        const sink = collector()
        await reader.pipeTo(sink)
        expectSame(sink.bytes(), bytes.subarray(start, end + 1))
      })

      it.each([
        ['beyond its end', 0, 10],
        ['backwards', 5, 4],
        ['before its start', -1, 4],
      ])('is refused %s', async (_name, start, end) => {
        const digest = await publish(store, randomBytes(10))
        await expect(store.read(digest, { start, end })).rejects.toEqual(appError('RANGE_INVALID', { size: 10 }))
      })

      it('is refused of an empty blob', async () => {
        const digest = await publish(store, empty)
        await expect(store.read(digest, { start: 0, end: 0 })).rejects.toEqual(appError('RANGE_INVALID', { size: 0 }))
      })
    })

    describe('a reader', () => {
      it('asks before it writes the last chunk, and does not write it when that rejects', async () => {
        const bytes = randomBytes(3 * mebibyte)
        const digest = await publish(store, bytes)
        const before = new Date()
        const whole = collector()
        let seen = 0
        const reader = await store.read(digest)
        expect(reader.publishedAt.getTime()).toBeLessThanOrEqual(before.getTime() + clockGrainMs)
        await reader.pipeTo(whole, () => {
          seen = whole.bytes().length
          return Promise.resolve()
        })
        expectSame(whole.bytes(), bytes)
        expect(seen).toBeGreaterThan(0)
        expect(seen).toBeLessThan(bytes.length)

        const refusal = new Error('no end')
        const part = collector()
        await expect((await store.read(digest)).pipeTo(part, () => Promise.reject(refusal))).rejects.toBe(refusal)
        expect(part.bytes().length).toBeLessThan(bytes.length)
      })

      it('leaves its sink open', async () => {
        const sink = collector()
        await (await store.read(await publish(store, randomBytes(10)))).pipeTo(sink)
        expect(sink.writableEnded).toBe(false)
        expect(sink.listenerCount('close') + sink.listenerCount('error')).toBe(0)
      })

      it('does not touch a chunk’s memory before the sink is done with it', async () => {
        const bytes = randomBytes(4 * mebibyte)
        const seen: Buffer[] = []
        const slowSink = new Writable({
          highWaterMark: 16 * mebibyte, // takes all at once, unless the reader waits for the callbacks
          write(chunk: Buffer, _encoding, done) {
            setImmediate(() =>
              setImmediate(() => {
                seen.push(Buffer.from(chunk))
                done()
              }),
            )
          },
        })
        await (await store.read(await publish(store, bytes))).pipeTo(slowSink)
        expectSame(Buffer.concat(seen), bytes)
      })

      it('rejects when the sink closes early, although the write never calls back', async () => {
        const reader = await store.read(await publish(store, randomBytes(2 * mebibyte)))
        const sink = new Writable({ write: () => queueMicrotask(() => sink.destroy()) })
        await expect(reader.pipeTo(sink)).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
      })

      it('rejects when the sink was closed before', async () => {
        const reader = await store.read(await publish(store, randomBytes(10)))
        const sink = new PassThrough().destroy()
        await once(sink, 'close')
        await expect(reader.pipeTo(sink)).rejects.toSatisfy((error) => !AppError.is(error))
      })

      it('rejects with the failure of the sink', async () => {
        const reader = await store.read(await publish(store, randomBytes(2 * mebibyte)))
        const sink = new Writable({ write: (_chunk, _encoding, done) => done(new Error('broken pipe')) })
        await expect(reader.pipeTo(sink)).rejects.toThrow('broken pipe')
      })

      it('may be closed without being read, and again', async () => {
        const reader = await store.read(await publish(store, randomBytes(10)))
        await reader.close()
        await reader.close()
      })
    })

    describe('an upload', () => {
      it('grows by what is appended at its end', async () => {
        const bytes = randomBytes(3000)
        const uploadId = await upload(store, bytes.subarray(0, 1000))
        expect(await store.uploadSize(uploadId)).toBe(1000)
        expect(await store.append(uploadId, 1000, bodyOf(bytes.subarray(1000, 1500), bytes.subarray(1500)))).toBe(3000)
        expect(await store.commit(uploadId, digestOf(bytes))).toBe(3000)
      })

      it('takes chunks of no bytes, of one and of many', async () => {
        const bytes = randomBytes(2 * mebibyte + 300)
        const chunks = [...slices(bytes.subarray(0, 300), 1), empty, bytes.subarray(300)]
        const uploadId = randomUUID()
        await store.create(uploadId)
        expect(await store.append(uploadId, 0, bodyOf(...chunks))).toBe(bytes.length)
        await store.commit(uploadId, digestOf(bytes))
        expectSame(await readAll(store, digestOf(bytes), bytes.length), bytes)
      })

      it.each([
        ['a gap', 1001],
        ['a replay', 0],
        ['an overlap', 999],
      ])('refuses %s, does not read the body and stays as it was', async (_name, offset) => {
        const bytes = randomBytes(1000)
        const uploadId = await upload(store, bytes)
        const body = bodyOf(randomBytes(10))
        await expect(store.append(uploadId, offset, body)).rejects.toEqual(
          appError('RANGE_INVALID', { offset, length: 1000 }),
        )
        expect((await body.next()).done).toBe(false)
        await store.commit(uploadId, digestOf(bytes))
      })

      it('refuses a second append or commit while one runs, and neither disturbs the first', async () => {
        const bytes = randomBytes(2000)
        const uploadId = randomUUID()
        await store.create(uploadId)
        const body = new PassThrough()
        body.write(bytes.subarray(0, 1000))
        const first = store.append(uploadId, 0, inGroups(body))
        await expect(store.append(uploadId, 0, bodyOf(empty))).rejects.toEqual(appError('UPLOAD_BUSY', { uploadId }))
        await expect(store.commit(uploadId, absent)).rejects.toEqual(appError('UPLOAD_BUSY', { uploadId }))
        body.end(bytes.subarray(1000))
        expect(await first).toBe(2000)
        await store.commit(uploadId, digestOf(bytes))
      })

      it('keeps what arrived before its body failed, and resumes there', async () => {
        const bytes = randomBytes(5 * mebibyte)
        const uploadId = randomUUID()
        await store.create(uploadId)
        const received = 3 * mebibyte + 17
        const body = brokenBodyOf(...slices(bytes.subarray(0, received), 65_536))
        await expect(store.append(uploadId, 0, body)).rejects.toEqual(appError('UPLOAD_INCOMPLETE'))
        expect(await store.uploadSize(uploadId)).toBe(received)

        await store.append(uploadId, received, bodyOf(bytes.subarray(received)))
        await store.commit(uploadId, digestOf(bytes))
        expectSame(await readAll(store, digestOf(bytes), bytes.length), bytes)
      })

      it('passes an AppError of its body on', async () => {
        const uploadId = await upload(store, empty)
        async function* tooLarge(): AsyncGenerator<readonly Uint8Array[]> {
          yield* bodyOf(randomBytes(10))
          throw new AppError('SIZE_INVALID')
        }
        await expect(store.append(uploadId, 0, tooLarge())).rejects.toEqual(appError('SIZE_INVALID'))
        expect(await store.uploadSize(uploadId)).toBe(10)
      })

      it('is resumed after a restart', async () => {
        const bytes = randomBytes(3000)
        const uploadId = await upload(store, bytes.subarray(0, 1000))
        const restarted = await opened.reopen()
        expect(await restarted.uploadSize(uploadId)).toBe(1000)
        await restarted.append(uploadId, 1000, bodyOf(bytes.subarray(1000)))
        await restarted.commit(uploadId, digestOf(bytes))
        expectSame(await readAll(restarted, digestOf(bytes), 3000), bytes)
      })

      it.each(['sha256', 'sha512'] as const)('is kept when its %s is another, and can go on', async (algorithm) => {
        const bytes = randomBytes(2000)
        const uploadId = await upload(store, bytes.subarray(0, 1000))
        const wrong = digestOf(bytes, algorithm)
        await expect(store.commit(uploadId, wrong)).rejects.toEqual(
          appError('DIGEST_INVALID', {
            digest: wrong,
            actual: digestOf(bytes.subarray(0, 1000), algorithm),
            size: 1000,
          }),
        )
        expect(await store.stat(wrong)).toBeNull()
        await store.append(uploadId, 1000, bodyOf(bytes.subarray(1000)))
        await store.commit(uploadId, wrong)
        expect(await store.stat(wrong)).toBe(2000)
      })

      it('replaces its blob when that exists already, also while it is read', async () => {
        const bytes = randomBytes(1000)
        const digest = await publish(store, bytes)
        const reader = await store.read(digest)
        expect(await store.commit(await upload(store, bytes), digest)).toBe(1000)
        expect(await opened.listContents()).toHaveLength(1)
        expectSame(await readAll(store, digest, 1000), bytes)
        const sink = collector()
        await reader.pipeTo(sink)
        expectSame(sink.bytes(), bytes)
      })

      it('publishes the same blob as others do at the same time', async () => {
        const bytes = randomBytes(100_000)
        const uploads = await Promise.all(Array.from({ length: 10 }, () => upload(store, bytes)))
        const sizes = await Promise.all(uploads.map((uploadId) => store.commit(uploadId, digestOf(bytes))))
        expect(new Set(sizes)).toEqual(new Set([100_000]))
        expectSame(await readAll(store, digestOf(bytes), 100_000), bytes)
        expect(await opened.listContents()).toHaveLength(1)
      })

      it('is gone after it was aborted, and aborting it again succeeds', async () => {
        const uploadId = await upload(store, randomBytes(1000))
        await store.abort(uploadId)
        await store.abort(uploadId)
        expect(await store.uploadSize(uploadId)).toBeNull()
        expect(await opened.listContents()).toEqual([])
      })

      it('fails the append that runs while it is aborted, and leaves nothing', async () => {
        const uploadId = randomUUID()
        await store.create(uploadId)
        const body = new PassThrough()
        const running = store.append(uploadId, 0, inGroups(body))
        const failed = expect(running).rejects.toEqual(appError('BLOB_UPLOAD_UNKNOWN', { uploadId }))
        await store.abort(uploadId)
        body.write(randomBytes(1000)) // the client does not know, and has more
        await failed
        expect(await opened.listContents()).toEqual([])
      })

      it.each([
        ['sha512', 'sha512'],
        ['sha512', 'sha256'],
        ['sha256', 'sha512'],
      ] as const)('started for a %s takes a %s, and a wrong one leaves it open', async (expected, actual) => {
        const uploadId = randomUUID()
        const [first, second] = [randomBytes(1000), randomBytes(2000)]
        await store.create(uploadId, expected)
        await store.append(uploadId, 0, bodyOf(first))
        const wrong = digestOf(randomBytes(10), expected)
        await expect(store.commit(uploadId, wrong)).rejects.toMatchObject({ code: 'DIGEST_INVALID' })
        await store.append(uploadId, first.length, bodyOf(second))
        const bytes = Buffer.concat([first, second])
        const digest = digestOf(bytes, actual)
        await store.commit(uploadId, digest)
        expectSame(await readAll(store, digest, bytes.length), bytes)
      })

      it('is continued by another process, and by the first again', async () => {
        const bytes = randomBytes(3000)
        const other = await opened.reopen()
        const uploadId = await upload(store, bytes.subarray(0, 1000))
        await other.append(uploadId, 1000, bodyOf(bytes.subarray(1000, 2000)))
        await store.append(uploadId, 2000, bodyOf(bytes.subarray(2000)))
        await other.commit(uploadId, digestOf(bytes))
        expectSame(await readAll(store, digestOf(bytes), 3000), bytes)
        expect(await opened.listContents()).toHaveLength(1)
      })

      it('of a process that ended in the middle is continued by another, and has its size meanwhile', async () => {
        const bytes = randomBytes(3 * mebibyte)
        const uploadId = randomUUID()
        await store.create(uploadId)
        const body = new PassThrough()
        const abandoned = store.append(uploadId, 0, inGroups(body))
        body.write(bytes.subarray(0, 2 * mebibyte))
        const other = await opened.reopen()
        const size = await until(
          () => other.uploadSize(uploadId),
          (found) => found === 2 * mebibyte,
        )
        expect((await collect(other.listUploads())).map(({ id }) => id)).toEqual([uploadId])

        await other.append(uploadId, size, bodyOf(bytes.subarray(size)))
        await other.commit(uploadId, digestOf(bytes))
        body.end('this arrives too late')
        await expect(abandoned).rejects.toEqual(appError('BLOB_UPLOAD_UNKNOWN', { uploadId }))
        expectSame(await readAll(store, digestOf(bytes), bytes.length), bytes)
        expect(await opened.listContents()).toHaveLength(1)
      })

      it('is gone after another process aborted it while it was written', async () => {
        const uploadId = randomUUID()
        await store.create(uploadId)
        const body = new PassThrough()
        const running = store.append(uploadId, 0, inGroups(body))
        const failed = expect(running).rejects.toEqual(appError('BLOB_UPLOAD_UNKNOWN', { uploadId }))
        body.write(randomBytes(mebibyte))
        const other = await opened.reopen()
        await until(
          () => other.uploadSize(uploadId),
          (size) => size === mebibyte,
        )
        await other.abort(uploadId)
        body.end()
        await failed
        expect(await opened.listContents()).toEqual([])
      })

      it.each([
        ['at once', [0, 1, 0, 1, 0, 1, 0, 1]],
        ['one in the middle of the other', [0, 0, 1, 1, 1, 1, 0, 0]],
        ['one after the other', [0, 0, 0, 0, 1, 1, 1, 1]],
      ])('publishes no wrong bytes when two processes write different ones: %s', async (_name, turns) => {
        const stores = [store, await opened.reopen()]
        const uploadId = randomUUID()
        await store.create(uploadId)
        const contents = stores.map(() => randomBytes(4 * mebibyte))
        const gates = stores.map(() => new PassThrough({ highWaterMark: 16 * mebibyte }))
        const appended = stores.map((one, n) => one.append(uploadId, 0, inGroups(gates[n] as PassThrough)))
        const outcomes = Promise.allSettled(appended)
        const written = [0, 0]
        for (const turn of turns) {
          const start = (written[turn] ?? 0) * mebibyte
          gates[turn]?.write(contents[turn]?.subarray(start, start + mebibyte))
          written[turn] = (written[turn] ?? 0) + 1
          await setTimeout(10)
        }
        for (const gate of gates) gate.end()
        await outcomes

        for (const [n, bytes] of contents.entries()) {
          const committed = await stores[n]?.commit(uploadId, digestOf(bytes)).catch(() => null)
          if (committed !== null) expectSame(await readAll(store, digestOf(bytes), bytes.length), bytes)
          else expect(await store.stat(digestOf(bytes))).toBeNull()
        }
      })

      it('is not created twice', async () => {
        const uploadId = await upload(store, randomBytes(10))
        await expect(store.create(uploadId)).rejects.toEqual(appError('ALREADY_EXISTS', { uploadId }))
        expect(await store.uploadSize(uploadId)).toBe(10)
      })

      it.each([
        ['unknown', randomUUID()],
        ['no UUID', 'upload'],
        ['a path', '../../blobs/sha256'],
        ['an upper-case UUID', '3F2504E0-4F89-41D3-9A0C-0305E82C3301'],
        ['empty', ''],
      ])('is not found when its id is %s', async (_name, uploadId) => {
        const unknown = appError('BLOB_UPLOAD_UNKNOWN', { uploadId })
        expect(await store.uploadSize(uploadId)).toBeNull()
        await expect(store.append(uploadId, 0, bodyOf())).rejects.toEqual(unknown)
        await expect(store.commit(uploadId, absent)).rejects.toEqual(unknown)
        await store.abort(uploadId)
        expect(await opened.listContents()).toEqual([])
      })
    })
  })
}

function* slices(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += length) yield bytes.subarray(start, start + length)
}

/** A sink that keeps a copy of what is written to it. */
function collector(): Writable & { bytes: () => Buffer } {
  const chunks: Buffer[] = []
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk))
      done()
    },
  })
  return Object.assign(sink, { bytes: () => Buffer.concat(chunks) })
}

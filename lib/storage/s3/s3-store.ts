import { digestAlgorithm, type Digest, type DigestAlgorithm, parseDigest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { type ByteRange, rangeNotSatisfiable } from '@/lib/domain/range'
import type { BlobReader, BlobStore, OuterTransaction, StoredBlob, StoredUpload } from '@/lib/storage/blob-store'
import { type RunningHash, RunningHashes, startHash } from '@/lib/storage/running-hashes'
import { assemble } from './assemble'
import { Checks, ObjectReader, wholeObject } from './object-reader'
import type { UploadRecord } from './object-index'
import { assertOwned } from './owner'
import { isMissing, rethrow } from './s3-error'
import { sweep } from './sweep'
import { assertDone, changeRecord, forget, uploadUnknown, UploadWriter, type UploadTools } from './upload-writer'

const runningHashCapacity = 1000

/** A blob below this size is sent by this process: another connection takes the client longer than the bytes. */
const addressedMinBytes = 64 * 1024

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/

/** An append or commit that is running. */
interface Work {
  aborted: boolean
}

/**
 * Keeps blobs as objects of an S3 store. Which object is a blob or belongs to an upload is in the database (`ObjectIndex`):
 * an object keeps the key that it was written under, so a commit copies nothing. What is in the bucket and not in the
 * database is nothing, and is swept after a time.
 *
 *     objects/<random>    a blob, the tail of an upload, or nothing any more; never written twice
 *
 * An upload is its record: any process goes on with it. Of two that do so at the same time, the record lets one win.
 */
export class S3BlobStore implements BlobStore {
  readonly #hashes = new RunningHashes(runningHashCapacity)
  readonly #running = new Map<string, Work>()
  readonly #checks = new Checks()
  /** Whether the bucket is known to belong to this database. */
  #isOwned = false

  constructor(private readonly tools: UploadTools) {}

  async stat(digest: Digest, within?: OuterTransaction): Promise<number | null> {
    return (await this.tools.index.findObject(digest, within))?.sizeBytes ?? null
  }

  statNow(): null {
    return null
  }

  async publishedAt(digest: Digest, within?: OuterTransaction): Promise<Date | null> {
    return (await this.tools.index.findObject(digest, within))?.publishedAt ?? null
  }

  async read(digest: Digest, range?: ByteRange): Promise<BlobReader> {
    const { bucket, index } = this.tools
    const object = await index.findObject(digest)
    if (object === null) throw blobUnknown(digest)
    const { sizeBytes, key } = object
    if (range !== undefined && !(0 <= range.start && range.start <= range.end && range.end < sizeBytes)) {
      throw rangeNotSatisfiable(sizeBytes)
    }
    const opened = await bucket.open(key, range).catch((error: unknown) => {
      if (isMissing(error, 'NoSuchKey')) throw blobUnknown(digest, error)
      return rethrow(error)
    })
    return new ObjectReader(bucket, object, opened, range ?? { start: 0, end: opened.size - 1 }, this.#checks)
  }

  async addressOf(digest: Digest): Promise<string | null> {
    const { bucket, index } = this.tools
    if (!bucket.client.isOpenToClients) return null
    const object = await index.findObject(digest)
    if (object === null || object.sizeBytes < addressedMinBytes) return null
    return bucket.addressOf(object.key).catch(rethrow)
  }

  async uploadSize(uploadId: string): Promise<number | null> {
    return uuid.test(uploadId) ? this.tools.index.findUploadSize(uploadId) : null
  }

  async create(uploadId: string, algorithm: DigestAlgorithm = 'sha256'): Promise<void> {
    if (!this.#isOwned) await assertOwned(this.tools)
    this.#isOwned = true
    if (uuid.test(uploadId) && (await this.tools.index.createUpload(uploadId, algorithm))) return
    const message = 'an upload with this id already exists'
    throw new AppError('ALREADY_EXISTS', { message, detail: { uploadId } })
  }

  async append(uploadId: string, offset: number | null, body: AsyncIterable<readonly Uint8Array[]>): Promise<number> {
    // Before the body is read: then another process can take the request.
    this.tools.index.assertMayWrite()
    return this.#withUpload(uploadId, async (record, work) => {
      const { sizeBytes: length, algorithm } = record
      if (offset !== null && offset !== length) throw new AppError('RANGE_INVALID', { detail: { offset, length } })
      let running = length === 0 ? startHash(algorithm) : this.#hashes.take(uploadId, length)
      const writer = new UploadWriter(this.tools, uploadId, record)
      let failure: unknown = null
      let hasResumed = false
      let newLength
      try {
        const chunks = inOrder(body, (error) => (failure = error))
        for await (const chunk of chunks) {
          if (work.aborted) break
          if (!hasResumed) {
            // All bytes so far pass by once more when there is no part yet, so any process can hash them.
            const fresh = running === null && record.parts.length === 0 ? startHash(algorithm) : null
            await writer.resume((earlier) => fresh?.hash.update(earlier))
            running ??= fresh
            hasResumed = true
          }
          running?.hash.update(chunk)
          const room = writer.add(chunk)
          if (room !== null) await room
        }
        newLength = hasResumed && !work.aborted ? await writer.finish() : length
      } finally {
        await writer.end()
      }
      if (work.aborted) throw uploadUnknown(uploadId)
      if (running !== null) this.#hashes.put(uploadId, newLength, running)
      if (failure !== null) throw AppError.is(failure) ? failure : new AppError('UPLOAD_INCOMPLETE', { cause: failure })
      return newLength
    })
  }

  async commit(uploadId: string, digest: Digest): Promise<number> {
    const { bucket, index } = this.tools
    index.assertMayWrite()
    return this.#withUpload(uploadId, async (record, work) => {
      const size = record.sizeBytes
      const algorithm = digestAlgorithm(digest)
      const mismatch = (actual: Digest) => new AppError('DIGEST_INVALID', { detail: { digest, actual, size } })
      const running = this.#hashes.take(uploadId, size)
      const isHashed = running?.algorithm === algorithm
      if (running !== null) this.#hashes.put(uploadId, size, running)
      if (isHashed && digestOf(running) !== digest) throw mismatch(digestOf(running))

      const { object, begunAt, isCertain, record: current } = await assemble(this.tools, uploadId, record)
      if (!isHashed || !isCertain) {
        const read = startHash(algorithm)
        try {
          for await (const chunk of wholeObject(bucket, object.key)) read.hash.update(chunk)
        } catch (error) {
          rethrow(error)
        }
        if (digestOf(read) !== digest) {
          await this.#keep(uploadId, current, object.key)
          throw mismatch(digestOf(read))
        }
      }
      if (work.aborted) throw uploadUnknown(uploadId)
      const published = { digest, key: object.key, sizeBytes: size }
      assertDone(uploadId, await index.publish(uploadId, current.version, published, begunAt))
      this.#hashes.drop(uploadId)
      this.#tidy({ multipart: record.parts.length === 0 ? record.multipart : null, tail: record.tail }, object.key)
      return size
    })
  }

  async abort(uploadId: string): Promise<void> {
    if (!uuid.test(uploadId)) return
    const work = this.#running.get(uploadId)
    if (work !== undefined) work.aborted = true
    this.#hashes.drop(uploadId)
    const removed = await this.tools.index.removeUpload(uploadId)
    if (removed !== null) this.#tidy(removed, null)
  }

  async delete(digest: Digest, within?: OuterTransaction): Promise<void> {
    await this.tools.index.dropObject(digest, false, within)
  }

  async quarantine(digest: Digest, within?: OuterTransaction): Promise<void> {
    await this.tools.index.dropObject(digest, true, within)
  }

  async *listBlobs(): AsyncGenerator<StoredBlob> {
    // A list says which blobs can be had, not only which are recorded.
    await this.probe()
    for (let after: Digest | null = null; ;) {
      const page: readonly StoredBlob[] = await this.tools.index.listObjects(after)
      for (const { digest, sizeBytes, publishedAt } of page) yield { digest, sizeBytes, publishedAt }
      after = page.at(-1)?.digest ?? null
      if (after === null) return
    }
  }

  async *listUploads(): AsyncGenerator<StoredUpload> {
    for (let after: string | null = null; ;) {
      const page: readonly StoredUpload[] = await this.tools.index.listUploads(after)
      yield* page
      after = page.at(-1)?.id ?? null
      if (after === null) return
    }
  }

  async probe(): Promise<void> {
    await this.tools.bucket.probe().catch(rethrow)
  }

  async sweep(cutoff: Date, signal: AbortSignal): Promise<void> {
    await assertOwned(this.tools)
    await sweep(this.tools, cutoff, signal).catch(rethrow)
  }

  /** Records that all bytes of the upload are now in one object, so that it can be gone on with. */
  async #keep(uploadId: string, record: UploadRecord, key: string): Promise<void> {
    if (record.tail?.key === key || record.sizeBytes === 0) return
    const tail = { key, sizeBytes: record.sizeBytes, sha256: null }
    await changeRecord(this.tools, uploadId, record, { multipart: null, tail })
  }

  /** Removes what an upload has left in the store, but for the object that it became. */
  #tidy({ multipart, tail }: Pick<UploadRecord, 'multipart' | 'tail'>, kept: string | null): void {
    const { bucket } = this.tools
    if (multipart !== null) forget(bucket.abortMultipart(multipart))
    if (tail !== null && tail.key !== kept) forget(bucket.delete(tail.key))
  }

  /** Runs `use` exclusively in this process on an upload. Throws UPLOAD_BUSY and BLOB_UPLOAD_UNKNOWN. */
  async #withUpload<T>(uploadId: string, use: (record: UploadRecord, work: Work) => Promise<T>): Promise<T> {
    if (!uuid.test(uploadId)) throw uploadUnknown(uploadId)
    if (this.#running.has(uploadId)) throw new AppError('UPLOAD_BUSY', { detail: { uploadId } })
    const work: Work = { aborted: false }
    this.#running.set(uploadId, work)
    try {
      const record = await this.tools.index.findUpload(uploadId)
      if (record === null) throw uploadUnknown(uploadId)
      return await use(record, work)
    } finally {
      this.#running.delete(uploadId)
    }
  }
}

/** The chunks of a body one by one. A failure of the body ends them and goes to `onFailure`. */
async function* inOrder(
  body: AsyncIterable<readonly Uint8Array[]>,
  onFailure: (error: unknown) => void,
): AsyncGenerator<Uint8Array, void> {
  const groups = body[Symbol.asyncIterator]()
  let isOver = false
  try {
    for (;;) {
      const next = await groups.next().catch((error: unknown) => {
        onFailure(error)
        return { done: true as const, value: undefined }
      })
      isOver = next.done === true
      if (next.done === true) return
      for (const chunk of next.value) if (chunk.byteLength > 0) yield chunk
    }
  } finally {
    if (!isOver) await groups.return?.()
  }
}

/** The digest of what was hashed so far. A copy is read, because a hash can be read only once. */
function digestOf({ algorithm, hash }: RunningHash): Digest {
  return parseDigest(`${algorithm}:${hash.copy().digest('hex')}`)
}

function blobUnknown(digest: Digest, cause?: unknown): AppError {
  return new AppError('BLOB_UNKNOWN', { detail: { digest }, cause })
}

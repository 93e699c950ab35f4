import { randomUUID, createHash } from 'node:crypto'

import { AppError } from '@/lib/domain/errors'
import type { Bucket } from './bucket'
import type { Multipart, ObjectIndex, Part, Tail, UploadChange, UploadRecord } from './object-index'
import { wholeObject } from './object-reader'
import { bytesInParts, PartBuffer } from './part-buffer'
import { isMissing, rethrow } from './s3-error'

/** S3 takes 10,000 parts; the last one is the tail. */
const partsMax = 9_998

/** As many parts have the same size: all, up to 20 GiB. Some stores take no parts of several sizes, and no larger uploads. */
const partsOfOneSize = 2_500

/** While all parts of the process take more, an upload waits for its part to be sent before it collects the next. */
const heldMaxBytes = 96 * 1024 * 1024

/** How the bytes of uploads are cut and kept. */
export interface Cutting {
  /** Of the first parts, in bytes: at least 5 MiB, says S3. */
  readonly partBytes: number
  /** How long a client may pause before what it has sent is made durable, in milliseconds. */
  readonly idleMs: number
  /** How often that happens at most, in milliseconds: each time all bytes since the last part are sent again. */
  readonly idleSaveMs: number
}

/** The usual cutting: 8 MiB, of which an upload has two in memory. */
export const usualCutting: Cutting = { partBytes: 8 * 1024 * 1024, idleMs: 500, idleSaveMs: 10_000 }

/** The store's parts that work with uploads. */
export interface UploadTools {
  readonly bucket: Bucket
  readonly index: ObjectIndex
  readonly cutting: Cutting
}

/**
 * Takes the bytes of one append. Full parts go to a multipart upload, the rest into an object of its own, the tail, so that
 * whoever goes on with the upload finds all bytes. One part is sent while the next is collected.
 *
 * What is sent counts only with the change of the upload's record that names it, and that change fails when another process
 * has changed the record. No two processes send a part of the same number: one that goes on with an upload begins above the
 * numbers that the process before it may still be sending.
 */
export class UploadWriter {
  #record: UploadRecord
  #part: PartBuffer
  /** All whose memory is in use. */
  readonly #parts = new Set<PartBuffer>()
  /** Parts that are recorded later, because without them the tail that they replace is still needed. */
  #unrecorded: Part[] = []
  #hasReserved = false
  #work: Promise<void> = Promise.resolve()
  #savedAt = -Infinity
  readonly #idle: NodeJS.Timeout

  constructor(
    private readonly tools: UploadTools,
    private readonly id: string,
    record: UploadRecord,
  ) {
    this.#record = record
    this.#part = this.#newPart()
    this.#idle = setTimeout(() => this.#saveIdle(), tools.cutting.idleMs)
  }

  /** Reads the tail again: its bytes become the start of the next part. `note` sees them. */
  async resume(note: (chunk: Uint8Array) => void): Promise<void> {
    const { tail } = this.#record
    if (tail === null) return
    for await (const chunk of readTail(this.tools.bucket, tail)) {
      note(chunk)
      await this.add(chunk)
    }
  }

  /** Takes a chunk. Returns null, or a promise to wait for before the next one. */
  add(chunk: Uint8Array): Promise<void> | null {
    this.#idle.refresh()
    const added = this.#part.add(chunk)
    return this.#part.isFull ? this.#addRest(chunk.subarray(added)) : null
  }

  async #addRest(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; this.#part.isFull;) {
      const before = this.#work
      const part = this.#part
      this.#part = this.#newPart()
      this.#enqueue(() => this.#sendPart(part))
      await (bytesInParts() > heldMaxBytes ? this.#work : before)
      rest = rest.subarray(this.#part.add(rest))
    }
  }

  /** Makes all bytes durable, and returns how many the upload has. */
  async finish(): Promise<number> {
    clearTimeout(this.#idle)
    await this.#work
    const { version } = this.#record
    await this.#saveTail(this.#part, this.#hasReserved)
    // All was durable before: then nothing else would notice that another process has ended the upload meanwhile.
    if (this.#record.version === version) await this.#change({})
    return this.#record.sizeBytes
  }

  /** Gives up what is not durable. Must be called at the end. */
  async end(): Promise<void> {
    clearTimeout(this.#idle)
    await this.#work.catch(() => undefined)
    for (const part of this.#parts) part.release({ reuse: false })
  }

  #newPart(): PartBuffer {
    const { cutting, bucket } = this.tools
    const capacity = cutting.partBytes * 2 ** Math.floor((this.#record.nextPart - 1) / partsOfOneSize)
    const part = new PartBuffer(capacity, bucket.client.signsBodies)
    this.#parts.add(part)
    return part
  }

  #enqueue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work)
    this.#work.catch(() => undefined) // thrown by the next call that waits for it
  }

  #saveIdle(): void {
    const part = this.#part
    if (performance.now() - this.#savedAt < this.tools.cutting.idleSaveMs) this.#idle.refresh()
    else this.#enqueue(() => this.#saveTail(part))
  }

  async #sendPart(part: PartBuffer): Promise<void> {
    const { bucket } = this.tools
    const multipart = await this.#reserve()
    const number = this.#record.nextPart - 1
    if (number > partsMax)
      throw new AppError('SIZE_INVALID', { message: 'the upload has too many parts for the store' })
    const sizeBytes = part.length
    const etag = await bucket.putPart(multipart, number, part.partBody()).catch(async (error: unknown) => {
      if (isMissing(error, 'NoSuchUpload')) await settle(this.tools, this.id, this.#record)
      return rethrow(error)
    })
    part.release({ reuse: true })
    this.#parts.delete(part)
    this.#unrecorded.push({ number, etag, sizeBytes })
    // The next part is sent under the next number.
    const nextPart = this.#record.nextPart + 1
    const recordedBytes = this.#bytesInParts()
    await this.#change(
      recordedBytes < this.#record.sizeBytes
        ? { nextPart }
        : { nextPart, parts: this.#unrecorded, tail: null, sizeBytes: recordedBytes },
    )
  }

  /** Starts the multipart upload, if there is none, and takes a number for the first part of this append. */
  async #reserve(): Promise<Multipart> {
    const { bucket } = this.tools
    if (this.#hasReserved && this.#record.multipart !== null) return this.#record.multipart
    const begunAt = new Date()
    const multipart = this.#record.multipart ?? (await bucket.startMultipart(bucket.keyOf(randomUUID())).catch(rethrow))
    await this.#change({ multipart, nextPart: this.#record.nextPart + 1, begunAt })
    this.#hasReserved = true
    return multipart
  }

  /**
   * Puts the bytes of a part that is not full into an object, unless they are in one. `returnsNumber`: no part follows, so the
   * number that was taken for it is free.
   */
  async #saveTail(part: PartBuffer, returnsNumber = false): Promise<void> {
    const sizeBytes = part.length
    const allBytes = this.#bytesInParts() + sizeBytes
    // Less: the former tail has not been read to its end, and is still needed.
    if (allBytes < this.#record.sizeBytes) return
    if (allBytes === this.#record.sizeBytes && this.#unrecorded.length === 0) return
    const { bucket } = this.tools
    const begunAt = new Date()
    const body = part.body()
    const tail: Tail = { key: bucket.keyOf(randomUUID()), sizeBytes, sha256: body.sha256 }
    await bucket.put(tail.key, body).catch(rethrow)
    this.#savedAt = performance.now()
    await this.#change({
      ...{ parts: this.#unrecorded, tail: sizeBytes > 0 ? tail : null, sizeBytes: allBytes, begunAt },
      ...(returnsNumber && { nextPart: this.#record.nextPart - 1 }),
    })
  }

  /** How many bytes are in parts that the store has. */
  #bytesInParts(): number {
    return sumOf(this.#record.parts) + sumOf(this.#unrecorded)
  }

  async #change(change: UploadChange): Promise<void> {
    const { tail } = this.#record
    this.#record = await changeRecord(this.tools, this.id, this.#record, change)
    if (change.parts !== undefined) this.#unrecorded = []
    if (change.tail !== undefined && tail !== null) forget(this.tools.bucket.delete(tail.key))
  }
}

/** Changes the record of an upload, and returns it as it is now. Throws UPLOAD_BUSY when another process has changed it. */
export async function changeRecord(
  { index }: UploadTools,
  id: string,
  record: UploadRecord,
  change: UploadChange,
): Promise<UploadRecord> {
  assertDone(id, await index.changeUpload(id, record.version, change))
  const { parts = [], begunAt: _, ...others } = change
  return {
    ...record,
    ...others,
    parts: change.multipart === null ? [] : [...record.parts, ...parts],
    version: record.version + 1,
  }
}

/** Throws BLOB_UPLOAD_UNKNOWN or UPLOAD_BUSY unless a change was made. */
export function assertDone(id: string, outcome: Awaited<ReturnType<ObjectIndex['changeUpload']>>): void {
  if (outcome === 'gone') throw uploadUnknown(id)
  if (outcome === 'changed') throw new AppError('UPLOAD_BUSY', { detail: { uploadId: id } })
}

/** The error for an upload that does not exist. */
export function uploadUnknown(uploadId: string): AppError {
  return new AppError('BLOB_UPLOAD_UNKNOWN', { detail: { uploadId } })
}

/**
 * Finds out what became of a multipart upload that the store does not know any more, and records it. A process may have
 * completed it and ended before it said so: then its object is the upload, and is returned. Else the store has dropped
 * it, and the upload is gone: BLOB_UPLOAD_UNKNOWN.
 */
export async function settle(tools: UploadTools, id: string, record: UploadRecord): Promise<UploadRecord> {
  const { multipart, sizeBytes } = record
  const size = multipart === null ? null : await tools.bucket.findSize(multipart.key).catch(rethrow)
  if (multipart !== null && size === sizeBytes) {
    return changeRecord(tools, id, record, { multipart: null, tail: { key: multipart.key, sizeBytes, sha256: null } })
  }
  await tools.index.removeUpload(id)
  throw uploadUnknown(id)
}

/** The bytes of a tail. Throws UNAVAILABLE at the end when they are not those that were written. */
export async function* readTail(bucket: Bucket, { key, sizeBytes, sha256 }: Tail): AsyncGenerator<Buffer, void> {
  const hash = createHash('sha256')
  let length = 0
  try {
    for await (const chunk of wholeObject(bucket, key)) {
      length += chunk.byteLength
      if (sha256 !== null) hash.update(chunk)
      yield chunk
    }
    if (length !== sizeBytes || (sha256 !== null && hash.digest('hex') !== sha256)) {
      throw new Error(`${key} has other bytes than were written to it`)
    }
  } catch (error) {
    rethrow(error)
  }
}

/** Lets what is only tidying go on by itself: a sweep does what it fails to do. */
export function forget(tidying: Promise<void>): void {
  tidying.catch(() => undefined)
}

function sumOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}

import { randomUUID } from 'node:crypto'

import type { Multipart, Part, UploadRecord } from './object-index'
import { PartBuffer } from './part-buffer'
import { isMissing, rethrow, S3Error } from './s3-error'
import { readTail, settle, type UploadTools } from './upload-writer'

/** All bytes of an upload in one object. */
interface Assembled {
  readonly object: { readonly key: string }
  /** When the object was begun, if the record does not name it. */
  readonly begunAt?: Date
  /** Whether the object surely has the bytes that were sent; otherwise they must be read before they are believed. */
  readonly isCertain: boolean
  /** The upload's record as it is now. */
  readonly record: UploadRecord
}

/**
 * Makes one object of an upload: of one without parts its tail, else of the parts and the tail. Nothing is copied but the
 * tail. Throws BLOB_UPLOAD_UNKNOWN when the store has dropped the parts, and UNAVAILABLE.
 */
export async function assemble(tools: UploadTools, id: string, record: UploadRecord): Promise<Assembled> {
  const { bucket } = tools
  const { multipart, parts, tail } = record
  if (multipart === null || parts.length === 0) {
    if (tail !== null) return { object: tail, isCertain: true, record }
    const begunAt = new Date()
    const nothing = new PartBuffer(1, true)
    const key = bucket.keyOf(randomUUID())
    await bucket.put(key, nothing.body()).catch(rethrow)
    return { object: { key }, begunAt, isCertain: true, record }
  }
  try {
    const last = tail === null ? [] : [await sendTail(tools, multipart, record)]
    const isCertain = await complete(tools, multipart, [...parts, ...last])
    return { object: multipart, isCertain, record }
  } catch (error) {
    if (!isMissing(error, 'NoSuchUpload')) return rethrow(error)
    // Completed by an attempt that was not answered, or by a process that ended just then.
    const settled = await settle(tools, id, record)
    return { object: multipart, isCertain: false, record: settled }
  }
}

/** Sends the tail as the last part. */
async function sendTail(
  { bucket }: UploadTools,
  multipart: Multipart,
  { tail, nextPart }: UploadRecord,
): Promise<Part> {
  const sizeBytes = tail?.sizeBytes ?? 0
  const part = new PartBuffer(sizeBytes, bucket.client.signsBodies)
  let isSent = false
  try {
    if (tail !== null) for await (const chunk of readTail(bucket, tail)) part.add(chunk)
    const etag = await bucket.putPart(multipart, nextPart, part.partBody())
    isSent = true
    return { number: nextPart, etag, sizeBytes }
  } finally {
    part.release({ reuse: isSent })
  }
}

/** Completes a multipart upload; returns whether the store took the ETags that it had given the parts. */
async function complete({ bucket }: UploadTools, multipart: Multipart, parts: readonly Part[]): Promise<boolean> {
  try {
    await bucket.complete(multipart, parts)
    return true
  } catch (error) {
    if (!(error instanceof S3Error && error.code === 'InvalidPart')) throw error
    // A part came twice, or its ETag came wrong. What the store has may still be right: its bytes will be read.
    const stored = new Map((await bucket.listParts(multipart)).map((part) => [part.number, part]))
    const same = parts.map(({ number, sizeBytes }) => {
      const part = stored.get(number)
      if (part?.sizeBytes !== sizeBytes) throw error
      return part
    })
    await bucket.complete(multipart, same)
    return false
  }
}

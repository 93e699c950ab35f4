import { createHash } from 'node:crypto'
import type { Writable } from 'node:stream'

import { digestAlgorithm, digestHex, type Digest } from '@/lib/domain/digest'
import type { ByteRange } from '@/lib/domain/range'
import type { BlobReader } from '@/lib/storage/blob-store'
import { watchFailure, writeTo } from '@/lib/storage/watch-sink'
import type { Bucket, OpenedObject } from './bucket'
import { readObject } from './read-object'
import { rethrow, storageError } from './s3-error'

/** Most blobs that wait to be read again: their answers are worth less the later they come. */
const waitingMax = 32

/** Reads blobs again one after the other, so that those who pull have most of the connection. */
export class Checks {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** Runs `check` after those before it; null when too many wait. */
  add(check: () => Promise<boolean>): Promise<boolean> | null {
    if (this.#waiting >= waitingMax) return null
    this.#waiting += 1
    const checked = this.#last.then(check).finally(() => (this.#waiting -= 1))
    this.#last = checked.catch(() => undefined)
    return checked
  }
}

/** An object that is to be read. */
export interface ReadableObject {
  readonly digest: Digest
  readonly key: string
  readonly publishedAt: Date
}

/** Reads an object, or a part of it, that was just opened. */
export class ObjectReader implements BlobReader {
  readonly size: number
  readonly length: number
  readonly publishedAt: Date

  /** The range of an empty object ends before it starts, at -1. */
  constructor(
    private readonly bucket: Bucket,
    private readonly object: ReadableObject,
    private readonly opened: OpenedObject,
    private readonly range: ByteRange,
    private readonly checks: Checks,
  ) {
    this.size = opened.size
    this.length = range.end - range.start + 1
    this.publishedAt = object.publishedAt
  }

  check(): Promise<boolean> | null {
    return this.checks.add(() => hasDigest(this.bucket, this.object).catch(rethrow))
  }

  async pipeTo(sink: Writable, beforeEnd?: () => Promise<void>): Promise<void> {
    const watch = watchFailure(sink)
    const copying = this.#copyTo(sink, beforeEnd)
    copying.catch(() => undefined)
    try {
      await Promise.race([copying, watch.failure])
      watch.stop()
    } finally {
      await this.close()
    }
  }

  close(): Promise<void> {
    this.opened.response.destroy()
    return Promise.resolve()
  }

  /** One chunk is read while the one before it is written. */
  async #copyTo(sink: Writable, beforeEnd?: () => Promise<void>): Promise<void> {
    const chunks = readObject(this.bucket, this.object.key, this.opened, this.range)
    let writing: Promise<void> = Promise.resolve()
    try {
      for (let rest = this.length; rest > 0;) {
        const [next] = await Promise.all([chunks.next().catch(rethrow), writing])
        if (next.done === true) throw storageError(new Error('the object ended early'))
        const chunk = next.value
        rest -= chunk.byteLength
        if (rest === 0) await beforeEnd?.()
        writing = writeTo(sink, chunk)
      }
      await writing
    } finally {
      await chunks.return()
    }
  }
}

/** Whether the bytes that the store has of a blob match its digest. */
async function hasDigest(bucket: Bucket, { key, digest }: ReadableObject): Promise<boolean> {
  const hash = createHash(digestAlgorithm(digest))
  for await (const chunk of wholeObject(bucket, key)) hash.update(chunk)
  return hash.digest('hex') === digestHex(digest)
}

/** All bytes of an object. */
export async function* wholeObject(bucket: Bucket, key: string): AsyncGenerator<Buffer, void> {
  const opened = await bucket.open(key)
  yield* readObject(bucket, key, opened, { start: 0, end: opened.size - 1 })
}

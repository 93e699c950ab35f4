import type { FileHandle } from 'node:fs/promises'
import type { Writable } from 'node:stream'

import { digestAlgorithm, digestHex, type Digest } from '@/lib/domain/digest'
import type { ByteRange } from '@/lib/domain/range'

import type { BlobReader } from '@/lib/storage/blob-store'
import { watchFailure, writeTo } from '@/lib/storage/watch-sink'
import type { HashThread } from './hash-thread'
import { storageError } from './storage-error'

const bufferBytes = 512 * 1024

/**
 * Reads a part of an open file through two alternating buffers: one is filled while the other is written. This was
 * measured to be 1.5 to 2 times as fast as `pipe`, which allocates 64 KiB per read.
 */
export class FileReader implements BlobReader {
  readonly size: number
  readonly length: number
  readonly publishedAt: Date
  #checking: Promise<unknown> | null = null

  /** The reader owns `handle`. The range of an empty file ends before it starts, at -1. */
  constructor(
    private readonly handle: FileHandle,
    { size, mtime }: { readonly size: number; readonly mtime: Date },
    private readonly range: ByteRange,
    private readonly digest: Digest,
    private readonly hashThread: HashThread,
  ) {
    this.size = size
    this.publishedAt = mtime
    this.length = range.end - range.start + 1
  }

  check(): Promise<boolean> | null {
    if (this.hashThread.isBusy) return null
    const hashing = this.hashThread.hash(this.handle.fd, digestAlgorithm(this.digest)).catch(rethrow)
    this.#checking = hashing.catch(() => undefined)
    return hashing.then((hex) => hex === digestHex(this.digest))
  }

  async pipeTo(sink: Writable, beforeEnd?: () => Promise<void>): Promise<void> {
    const watch = watchFailure(sink)
    try {
      await Promise.race([this.#copyTo(sink, beforeEnd), watch.failure])
      watch.stop()
    } finally {
      await this.close()
    }
  }

  async close(): Promise<void> {
    if (this.#checking === null) await this.handle.close()
    // The thread reads from the descriptor, which must not become another file's meanwhile.
    else void this.#checking.then(() => this.handle.close())
  }

  async #copyTo(sink: Writable, beforeEnd?: () => Promise<void>): Promise<void> {
    const buffers = [this.#allocate(this.length), this.#allocate(this.length - bufferBytes)] as const
    let writing: Promise<void> = Promise.resolve()
    for (let done = 0, turn: 0 | 1 = 0; done < this.length; turn = turn === 0 ? 1 : 0) {
      // Fills this buffer while the other one is being written. After this line, this one is full and the other is
      // free.
      const [chunk] = await Promise.all([this.#fill(buffers[turn], done), writing])
      done += chunk.byteLength
      if (done === this.length) await beforeEnd?.()
      writing = writeTo(sink, chunk)
    }
    await writing
  }

  #allocate(bytes: number): Buffer {
    return Buffer.allocUnsafeSlow(Math.max(0, Math.min(bytes, bufferBytes)))
  }

  /** The next bytes, as many as fit the buffer. */
  async #fill(buffer: Buffer, done: number): Promise<Buffer> {
    const start = this.range.start + done
    const wanted = Math.min(buffer.byteLength, this.length - done)
    let filled = 0
    while (filled < wanted) {
      const { bytesRead } = await this.handle.read(buffer, filled, wanted - filled, start + filled).catch(rethrow)
      if (bytesRead === 0) throw storageError(new Error(`the file ends at byte ${start + filled} of ${this.size}`))
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  }
}

function rethrow(error: unknown): never {
  throw storageError(error)
}

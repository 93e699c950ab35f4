import type { FileHandle } from 'node:fs/promises'

/** So many chunks are written even if they are small: each takes memory of its own. */
const batchMaxChunks = 64

/**
 * Writes chunks to a file in large `writev` calls: one batch is being written while at most one more is collected.
 *
 * After a failed write the file has an exact prefix of the chunks, because batches never overtake each other, and every
 * further call throws that failure.
 */
export class BatchWriter {
  #batch: Uint8Array[] = []
  #batchBytes = 0
  #writing: Promise<void> = Promise.resolve()

  /** `position` is the place of the next chunk in the file; `batchBytes` says what a batch has at least, but for the last. */
  constructor(
    private readonly handle: FileHandle,
    private position: number,
    private readonly batchBytes: () => number,
  ) {}

  /** The end of the written part of the file. */
  get writtenEnd(): number {
    return this.position
  }

  /**
   * Accepts chunks, which the caller must not change any more. Returns null, or a promise to wait for before the next
   * ones when both batches are full. Chunks that come together are in one batch.
   */
  add(chunks: readonly Uint8Array[]): Promise<void> | null {
    for (const chunk of chunks) {
      this.#batch.push(chunk)
      this.#batchBytes += chunk.byteLength
    }
    if (this.#batchBytes < this.batchBytes() && this.#batch.length < batchMaxChunks) return null
    return this.#writeBatch()
  }

  /** Waits until all accepted chunks are written, and returns the end of the written part of the file. */
  async flush(): Promise<number> {
    await this.#writeBatch()
    await this.#writing
    return this.position
  }

  async #writeBatch(): Promise<void> {
    await this.#writing
    const batch = this.#batch
    const batchBytes = this.#batchBytes
    this.#batch = []
    this.#batchBytes = 0
    this.#writing = this.#writeFully(batch, batchBytes)
    this.#writing.catch(() => {}) // the next await of #writing throws it; here it is only marked as handled
  }

  async #writeFully(batch: Uint8Array[], batchBytes: number): Promise<void> {
    let rest = batch
    let restBytes = batchBytes
    while (restBytes > 0) {
      const { bytesWritten } = await this.handle.writev(rest, this.position)
      this.position += bytesWritten
      restBytes -= bytesWritten
      if (restBytes > 0) rest = skipBytes(rest, bytesWritten)
    }
  }
}

/** The chunks that remain after a partial write (a disk filling up, a signal). */
function skipBytes(chunks: readonly Uint8Array[], count: number): Uint8Array[] {
  let skip = count
  const rest: Uint8Array[] = []
  for (const chunk of chunks) {
    if (skip < chunk.byteLength) rest.push(chunk.subarray(skip))
    skip = Math.max(0, skip - chunk.byteLength)
  }
  return rest
}

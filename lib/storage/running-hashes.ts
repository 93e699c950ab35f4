import { createHash, type Hash } from 'node:crypto'

/** SHA-256 of the first `length` bytes of an upload, ready for more. */
interface RunningHash {
  readonly length: number
  readonly hash: Hash
}

/**
 * The running SHA-256 of open uploads, the most recently used `capacity` of them.
 *
 * Only a cache: a hash that is missing, or of another length than the file has, costs reading the file at commit. So
 * whoever writes takes the hash out, and puts it back only when sure which bytes the file holds.
 */
export class RunningHashes {
  readonly #hashes = new Map<string, RunningHash>()

  constructor(private readonly capacity: number) {}

  /** Takes out the hash of the upload's first `length` bytes; null when it is not known. No bytes need no cache. */
  take(uploadId: string, length: number): Hash | null {
    const running = this.#hashes.get(uploadId)
    this.#hashes.delete(uploadId)
    if (running?.length === length) return running.hash
    return length === 0 ? createHash('sha256') : null
  }

  /** Keeps `hash`, which has seen the upload's first `length` bytes. */
  put(uploadId: string, length: number, hash: Hash): void {
    this.#hashes.set(uploadId, { length, hash })
    for (const oldest of this.#hashes.keys()) {
      if (this.#hashes.size <= this.capacity) break
      this.#hashes.delete(oldest)
    }
  }

  /** Forgets the upload. */
  drop(uploadId: string): void {
    this.#hashes.delete(uploadId)
  }
}

import { createHash, type Hash } from 'node:crypto'

import type { DigestAlgorithm } from '@/lib/domain/digest'

/** A hash of the first bytes of an upload, ready for more. */
export interface RunningHash {
  readonly algorithm: DigestAlgorithm
  readonly hash: Hash
}

/** A hash that has seen nothing yet. */
export function startHash(algorithm: DigestAlgorithm): RunningHash {
  return { algorithm, hash: createHash(algorithm) }
}

/**
 * The running hashes of open uploads, the most recently used `capacity` of them.
 *
 * Only a cache: a hash that is missing, of another algorithm than the digest, or of another length than the file has,
 * costs reading the file at commit. So whoever writes takes the hash out, and puts it back only when sure which bytes the
 * file holds.
 */
export class RunningHashes {
  readonly #hashes = new Map<string, RunningHash & { readonly length: number }>()

  constructor(private readonly capacity: number) {}

  /** Takes out the hash of the upload's first `length` bytes; null when it is not known. No bytes need no cache. */
  take(uploadId: string, length: number): RunningHash | null {
    const running = this.#hashes.get(uploadId)
    this.#hashes.delete(uploadId)
    if (running?.length === length) return running
    return length === 0 ? startHash('sha256') : null
  }

  /** Keeps a hash that has seen the upload's first `length` bytes. */
  put(uploadId: string, length: number, { algorithm, hash }: RunningHash): void {
    this.#hashes.set(uploadId, { algorithm, hash, length })
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

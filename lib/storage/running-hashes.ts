import { createHash, type Hash } from 'node:crypto'

import { LRUCache } from 'lru-cache'

import type { DigestAlgorithm } from '@/lib/domain/digest'

/** A hash of the first bytes of an upload, ready for more. */
export interface RunningHash {
  readonly algorithm: DigestAlgorithm
  readonly hash: Hash
}

/** Starts a hash. */
export function startHash(algorithm: DigestAlgorithm): RunningHash {
  return { algorithm, hash: createHash(algorithm) }
}

/**
 * A cache of the running hashes of open uploads: the `capacity` most recently used ones.
 *
 * When a hash is missing, has another algorithm than the digest, or covers another length than the file has, the file
 * is read at commit. So a writer takes the hash out, and puts it back only when it is sure which bytes the file has.
 */
export class RunningHashes {
  readonly #hashes: LRUCache<string, RunningHash & { readonly length: number }>

  constructor(capacity: number) {
    this.#hashes = new LRUCache({ max: capacity })
  }

  /**
   * Takes out the hash of the upload's first `length` bytes; null when it is not cached. For 0 bytes it starts a new
   * one.
   */
  take(uploadId: string, length: number): RunningHash | null {
    const running = this.#hashes.get(uploadId)
    this.#hashes.delete(uploadId)
    if (running?.length === length) return running
    return length === 0 ? startHash('sha256') : null
  }

  /** Stores a hash that covers the upload's first `length` bytes. */
  put(uploadId: string, length: number, { algorithm, hash }: RunningHash): void {
    this.#hashes.set(uploadId, { algorithm, hash, length })
  }

  /** Removes the hash of the upload. */
  drop(uploadId: string): void {
    this.#hashes.delete(uploadId)
  }
}

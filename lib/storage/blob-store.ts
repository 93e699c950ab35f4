import type { Writable } from 'node:stream'

import type { Digest, DigestAlgorithm } from '@/lib/domain/digest'
import type { ByteRange } from '@/lib/domain/range'

/**
 * Where blob bytes live. Drivers know digests and uploads; they know nothing of repositories or HTTP.
 *
 * Any method may throw STORAGE_FULL when space or quota is used up, and UNAVAILABLE with its cause when the storage
 * fails otherwise. Neither harms a published blob. An upload id is a lower-case UUID; any other is an unknown upload.
 */
export interface BlobStore {
  /** Size in bytes, or null when the blob is absent. */
  stat(digest: Digest): Promise<number | null>

  /** When the blob was last committed, also onto bytes that were there already; null when it is absent. */
  publishedAt(digest: Digest): Promise<Date | null>

  /**
   * Opens the blob, or the bytes of it in `range`, which must lie within it (RANGE_INVALID). Throws BLOB_UNKNOWN when it
   * is absent. The reader must be piped or closed.
   */
  read(digest: Digest, range?: ByteRange): Promise<BlobReader>

  /** How many bytes the upload has; null when there is no such upload. */
  uploadSize(uploadId: string): Promise<number | null>

  /**
   * Starts an empty upload. Throws ALREADY_EXISTS when the id is taken. `algorithm`, sha256 unless given, is what its
   * digest is expected to be of: only a hint, that can save reading the bytes again at commit.
   */
  create(uploadId: string, algorithm?: DigestAlgorithm): Promise<void>

  /**
   * Appends `body` at `offset` in bounded memory and returns the new length.
   *
   * Throws, before it touches `body`: BLOB_UPLOAD_UNKNOWN, UPLOAD_BUSY while another append or commit of the upload runs,
   * RANGE_INVALID (with `offset` and `length`) unless `offset` is the current length.
   * Throws later: an AppError of `body` as it is, any other failure of it as UPLOAD_INCOMPLETE, BLOB_UPLOAD_UNKNOWN when
   * the upload was aborted meanwhile. What arrived before a failure stays, so the upload can be resumed at `uploadSize`.
   *
   * A chunk must not be changed after it was handed over. When append fails it ends `body` with `return()`: give
   * `request.iterator({ destroyOnReturn: false })` rather than the request where the client is to read an answer.
   */
  append(uploadId: string, offset: number, body: AsyncIterable<Uint8Array>): Promise<number>

  /**
   * Publishes the upload under `digest`, atomically and durably, and returns its size. The upload is gone then, also when
   * the blob existed already: then its bytes stay, unless they are of another length, and count as published now.
   *
   * Throws DIGEST_INVALID and keeps the upload on a mismatch; BLOB_UPLOAD_UNKNOWN; UPLOAD_BUSY.
   */
  commit(uploadId: string, digest: Digest): Promise<number>

  /** Drops the upload, even while it is written to. Succeeds when there is nothing to drop. */
  abort(uploadId: string): Promise<void>

  /** Removes the blob. Readers that are open finish. Succeeds when there is nothing to remove. */
  delete(digest: Digest): Promise<void>

  /**
   * Puts the blob aside, durably: it is absent from now on, and its bytes are kept for a person to look at. Succeeds when
   * there is nothing to put aside.
   */
  quarantine(digest: Digest): Promise<void>

  /** Every blob, in no order and in bounded memory. One that comes or goes meanwhile may be listed or not. */
  listBlobs(): AsyncIterable<StoredBlob>

  /** Every open upload, in no order and in bounded memory. One that comes or goes meanwhile may be listed or not. */
  listUploads(): AsyncIterable<StoredUpload>

  /** Throws UNAVAILABLE when the storage cannot be reached or written to, as far as that shows without writing. */
  probe(): Promise<void>
}

/** A blob as the store has it. */
export interface StoredBlob {
  readonly digest: Digest
  readonly sizeBytes: number
  readonly publishedAt: Date
}

/** An open upload as the store has it. */
export interface StoredUpload {
  readonly id: string
  readonly sizeBytes: number
  /** When it was started or last written to. */
  readonly changedAt: Date
}

/** One opened blob, for one use. */
export interface BlobReader {
  /** Size of the whole blob in bytes. */
  readonly size: number

  /** How many bytes `pipeTo` writes: the size, or the length of the range. */
  readonly length: number

  /**
   * Writes the bytes to `sink` at the pace it takes them, and closes the reader whatever happens. Leaves `sink` open, for
   * the caller to end.
   *
   * A chunk's memory is used again once its write has called back. Rejects with UNAVAILABLE when reading fails, and with
   * what is no AppError when the sink fails or closes early: a client that went away.
   */
  pipeTo(sink: Writable): Promise<void>

  /** Lets go of the blob without reading it. Succeeds after `pipeTo` and when called again. */
  close(): Promise<void>
}

import type { Writable } from 'node:stream'

import type { Digest, DigestAlgorithm } from '@/lib/domain/digest'
import type { ByteRange } from '@/lib/domain/range'

/**
 * Stores the bytes of blobs. Drivers know digests and uploads, but not repositories or HTTP.
 *
 * Any method may throw STORAGE_FULL when space or quota is used up, and UNAVAILABLE with its cause for any other
 * storage failure. Neither damages a published blob. An upload id is a lower-case UUID; any other id is an unknown
 * upload.
 */
export interface BlobStore {
  /** Size in bytes, or null when the blob is absent. */
  stat(digest: Digest, within?: OuterTransaction): Promise<number | null>

  /**
   * The size in bytes at once, where that takes microseconds; null when it would not, or the blob is absent, or this fails:
   * then ask `stat`. Never throws.
   */
  statNow(digest: Digest): number | null

  /** When the blob was last committed; null when it is absent. */
  publishedAt(digest: Digest, within?: OuterTransaction): Promise<Date | null>

  /**
   * Opens the blob, or its bytes in `range`. Throws BLOB_UNKNOWN when it is absent, and RANGE_INVALID for a range
   * outside the blob. The caller must pipe or close the reader.
   */
  read(digest: Digest, range?: ByteRange): Promise<BlobReader>

  /**
   * An address where a client can read the blob, or a range of it, without credentials and without this process. It is
   * valid for at least a minute and at most 15. Null when the caller must `read` instead: the blob is absent, or so small
   * that a further connection takes longer. A driver that has no such addresses has no such method.
   */
  addressOf?(digest: Digest): Promise<string | null>

  /** Size of the upload in bytes; null when it does not exist. */
  uploadSize(uploadId: string): Promise<number | null>

  /**
   * Starts an empty upload. Throws ALREADY_EXISTS when the id is in use. `algorithm` (default sha256) is the expected
   * algorithm of its digest. It is only a hint that can save reading the bytes again at commit.
   */
  create(uploadId: string, algorithm?: DigestAlgorithm): Promise<void>

  /**
   * Appends `body` at `offset`, or at the end if it is null, in bounded memory and returns the new length. The body comes in groups of the chunks that
   * arrived together.
   *
   * Throws before it reads `body`: BLOB_UPLOAD_UNKNOWN, UPLOAD_BUSY while another append or commit of the upload runs,
   * RANGE_INVALID (with `offset` and `length`) unless `offset` is null or the current length. Throws later: an AppError of
   * `body` unchanged, any other failure of `body` as UPLOAD_INCOMPLETE, BLOB_UPLOAD_UNKNOWN when the upload was aborted
   * meanwhile. Bytes that arrived before a failure are kept, so the upload can be resumed at `uploadSize`.
   *
   * The caller must not change a chunk after yielding it. When append fails, it ends `body` with `return()`: pass
   * `request.iterator({ destroyOnReturn: false })` instead of the request if the client is to read a response.
   */
  append(uploadId: string, offset: number | null, body: AsyncIterable<readonly Uint8Array[]>): Promise<number>

  /**
   * Publishes the upload under `digest`, atomically and durably, and returns its size. Afterwards the upload does not
   * exist any more. If the blob already exists, its bytes are replaced, because they may have changed in the storage;
   * open readers read the former bytes to the end.
   *
   * Throws DIGEST_INVALID and keeps the upload on a mismatch; BLOB_UPLOAD_UNKNOWN; UPLOAD_BUSY.
   */
  commit(uploadId: string, digest: Digest): Promise<number>

  /** Removes the upload, even during a write. Succeeds when there is nothing to remove. */
  abort(uploadId: string): Promise<void>

  /** Removes the blob. Open readers can still read to the end. Succeeds when there is nothing to remove. */
  delete(digest: Digest, within?: OuterTransaction): Promise<void>

  /**
   * Moves the blob aside, durably: it is absent from now on, and its bytes are kept for a person to examine. Succeeds
   * when there is nothing to move.
   */
  quarantine(digest: Digest, within?: OuterTransaction): Promise<void>

  /** All blobs, in no order and in bounded memory. A blob that is added or removed meanwhile may be listed or not. */
  listBlobs(): AsyncIterable<StoredBlob>

  /**
   * All open uploads, in no order and in bounded memory. One that is added or removed meanwhile may be listed or not.
   */
  listUploads(): AsyncIterable<StoredUpload>

  /** Throws UNAVAILABLE when the storage cannot be reached or written to, as far as can be checked without a write. */
  probe(): Promise<void>

  /**
   * Removes bytes that no blob and no upload has since `cutoff`: a process ended before it recorded them, or they were
   * replaced. A driver that leaves none has no such method. Ends early when `signal` is aborted.
   */
  sweep?(cutoff: Date, signal: AbortSignal): Promise<void>
}

/**
 * The database transaction in which the caller asks, for a driver that has its state in the database: it must neither
 * wait for that transaction nor take a second connection meanwhile. Only whoever opened the driver knows its type.
 */
export type OuterTransaction = object

/** A blob in a list of the store. */
export interface StoredBlob {
  readonly digest: Digest
  readonly sizeBytes: number
  readonly publishedAt: Date
}

/** An open upload in a list of the store. */
export interface StoredUpload {
  readonly id: string
  readonly sizeBytes: number
  /** When it was started or last written to. */
  readonly changedAt: Date
}

/** An opened blob, for a single use. */
export interface BlobReader {
  /** Size of the whole blob in bytes. */
  readonly size: number

  /** How many bytes `pipeTo` writes: the size, or the length of the range. */
  readonly length: number

  /** When the blob was last committed. */
  readonly publishedAt: Date

  /**
   * Returns whether the whole blob's bytes match its digest, read again without delaying other work; null, and does
   * nothing, when too many blobs are waiting for that. Works on after `pipeTo` and `close`. Rejects with UNAVAILABLE.
   */
  check(): Promise<boolean> | null

  /**
   * Writes the bytes to `sink` with back pressure, and closes the reader in every case. Leaves `sink` open; the caller
   * ends it.
   *
   * `beforeEnd` is called when only the last chunk is left to write. If it rejects, that chunk is not written, and
   * `pipeTo` rejects with the same error.
   *
   * The memory of a chunk is reused after its write has called back. Rejects with UNAVAILABLE when reading fails, and
   * with another error than an AppError when the sink fails or closes early (a client that disconnected).
   */
  pipeTo(sink: Writable, beforeEnd?: () => Promise<void>): Promise<void>

  /** Closes the blob without reading it. Succeeds after `pipeTo` and when called again. */
  close(): Promise<void>
}

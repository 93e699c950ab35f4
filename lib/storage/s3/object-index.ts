import type { Digest, DigestAlgorithm } from '@/lib/domain/digest'
import type { OuterTransaction, StoredBlob, StoredUpload } from '@/lib/storage/blob-store'

/** The object that has a blob's bytes. */
export interface IndexedObject extends StoredBlob {
  readonly key: string
}

/** A part of a multipart upload. */
export interface Part {
  readonly number: number
  readonly etag: string
  readonly sizeBytes: number
}

/** A multipart upload that was started and not completed. */
export interface Multipart {
  readonly key: string
  readonly id: string
}

/** The object that has an upload's bytes after those of its parts. */
export interface Tail {
  readonly key: string
  readonly sizeBytes: number
  /** Of its bytes, in hexadecimal; null for a whole former multipart upload, which is not read for that. */
  readonly sha256: string | null
}

/** Where the bytes of an upload are: in the parts, and after those in the tail. */
export interface UploadState {
  readonly algorithm: DigestAlgorithm
  readonly sizeBytes: number
  /** Null as long as there are no parts. */
  readonly multipart: Multipart | null
  readonly parts: readonly Part[]
  /** A number above those of all parts that some process may be sending. */
  readonly nextPart: number
  readonly tail: Tail | null
}

/** An upload's state as it was read, with the number of its last change. */
export interface UploadRecord extends UploadState {
  readonly version: number
}

/** What becomes of an upload's state: what is named is replaced, and parts are added. */
export interface UploadChange {
  readonly sizeBytes?: number
  readonly nextPart?: number
  readonly tail?: Tail | null
  /** Null: there is none any more, nor its parts. */
  readonly multipart?: Multipart | null
  /** Further parts. */
  readonly parts?: readonly Part[]
  /** When the object that it is the first to name was begun. */
  readonly begunAt?: Date
}

/** How a conditional write ended: done, or not, because another one was faster or the upload is gone. */
export type Outcome = 'done' | 'changed' | 'gone'

/**
 * Which object has which bytes. It is kept in the database: it decides which objects are blobs and uploads, whatever
 * else the bucket has. All writes are durable when they resolve. Throws UNAVAILABLE.
 */
export interface ObjectIndex {
  /** Throws WriterNeeded in a process that does not write. */
  assertMayWrite(): void
  /** The name of the database: a bucket belongs to one. */
  owner(): Promise<string>

  findObject(digest: Digest, within?: OuterTransaction): Promise<IndexedObject | null>
  /** The blobs after `after`, a page of them in the order of their digests. */
  listObjects(after: Digest | null): Promise<readonly IndexedObject[]>
  /** Ends a blob. Its object is kept, for `listDropped`; for good if it is corrupt. */
  dropObject(digest: Digest, isCorrupt: boolean, within?: OuterTransaction): Promise<void>

  /** Returns whether it was new. */
  createUpload(id: string, algorithm: DigestAlgorithm): Promise<boolean>
  findUpload(id: string): Promise<UploadRecord | null>
  /** Size in bytes, without reading all parts. */
  findUploadSize(id: string): Promise<number | null>
  /** The uploads after `after`, a page of them in the order of their ids. */
  listUploads(after: string | null): Promise<readonly StoredUpload[]>
  /**
   * Changes the upload if it still has this version, to the next one. Throws UNAVAILABLE when an object that nothing named
   * was begun so long ago that the sweep may have removed it: this process has stood still.
   */
  changeUpload(id: string, version: number, change: UploadChange): Promise<Outcome>
  /**
   * Ends the upload, if it still has this version, and gives its bytes to the blob. The object that the blob had before
   * is dropped. `begunAt` as in `changeUpload`.
   */
  publish(id: string, version: number, object: Omit<IndexedObject, 'publishedAt'>, begunAt?: Date): Promise<Outcome>
  /** Removes the upload, and returns what it was; null when there was none. */
  removeUpload(id: string): Promise<Pick<UploadState, 'multipart' | 'tail'> | null>

  /** Keys of objects that were dropped before `cutoff` and may be removed, a page of them. */
  listDropped(cutoff: Date): Promise<readonly string[]>
  forgetDropped(keys: readonly string[]): Promise<void>
  /** Those of the keys that a blob, an upload or a dropped object has. */
  listKnown(keys: readonly string[]): Promise<ReadonlySet<string>>
}

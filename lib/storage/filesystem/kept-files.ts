import { fstatSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'

import { LRUCache } from 'lru-cache'

/** Most files that are kept open. */
const capacity = 256

/** An open file, and its size in bytes. */
export interface OpenFile {
  readonly handle: FileHandle
  readonly size: number
}

/**
 * Files of uploads that stay open between the requests of a push, so that each need not open its file again. A file is
 * closed when it has not been used for `keepMs`, or when too many are open. With 0, none is kept.
 *
 * Only the open file is kept, not a claim: other processes can claim, continue and remove the upload meanwhile.
 */
export class KeptFiles {
  readonly #files: LRUCache<string, FileHandle> | null

  constructor(keepMs: number) {
    this.#files =
      keepMs === 0
        ? null
        : new LRUCache({
            max: capacity,
            ttl: keepMs,
            ttlAutopurge: true,
            dispose: (handle, _uploadId, reason) => {
              // Nothing was written since the last request, so there is nothing that closing could fail to write.
              if (reason !== 'delete') handle.close().catch(() => undefined)
            },
          })
  }

  /** Keeps a file open for the next request of the upload, or closes it. */
  async put(uploadId: string, handle: FileHandle): Promise<void> {
    if (this.#files === null) await handle.close()
    else this.#files.set(uploadId, handle)
  }

  /**
   * Takes out the file of an upload that the caller has claimed; null when none is kept, or when the upload has another
   * file by now: a process that takes over a claim makes a copy and removes the former file's only name.
   */
  async take(uploadId: string): Promise<OpenFile | null> {
    const handle = this.#remove(uploadId)
    if (handle === null) return null
    const size = sizeIfNamed(handle)
    if (size !== null) return { handle, size }
    await handle.close()
    return null
  }

  /** Closes the upload's file, if it is kept. */
  async drop(uploadId: string): Promise<void> {
    await this.#remove(uploadId)?.close()
  }

  #remove(uploadId: string): FileHandle | null {
    const handle = this.#files?.get(uploadId) ?? null
    this.#files?.delete(uploadId)
    return handle
  }
}

/** The size of an open file that still has a name; null for one without, or one that cannot be asked (a lost mount). */
function sizeIfNamed({ fd }: FileHandle): number | null {
  try {
    const { nlink, size } = fstatSync(fd)
    return nlink > 0 ? size : null
  } catch {
    return null
  }
}

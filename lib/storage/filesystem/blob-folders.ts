import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

import { syncFolder } from './filesystem-layout'

/**
 * The folders of blobs: there is one for each first two digits of a digest. It remembers which of them are there and
 * survive a power failure, so that a commit syncs one folder instead of two.
 */
export class BlobFolders {
  readonly #lasting = new Set<string>()

  /** Creates the folder for a blob's file. */
  async make(path: string): Promise<void> {
    const folder = dirname(path)
    if (!this.#lasting.has(folder)) await mkdir(folder, { recursive: true, mode: 0o700 })
  }

  /**
   * Makes a blob's name survive a power failure: syncs its folder, and the folder above unless this process has done so
   * before. That another process has created the folder does not mean that it has synced it.
   */
  async sync(path: string): Promise<void> {
    const folder = dirname(path)
    if (this.#lasting.has(folder)) return syncFolder(folder)
    await Promise.all([syncFolder(folder), syncFolder(dirname(folder))])
    this.#lasting.add(folder)
  }

  /** Makes no assumption about the folder any more, after a failure in it: somebody may have removed it. */
  forget(path: string): void {
    this.#lasting.delete(dirname(path))
  }
}

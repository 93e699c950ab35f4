import type { FileHandle } from 'node:fs/promises'

/** After how many more bytes of a file the next sync begins. */
const everyBytes = 8 * 1024 * 1024

/** Whether one runs for any file: each keeps a thread of Node's few from other work. */
let isSyncing = false

/**
 * Has the disk write what a file has so far while more of it arrives, so that the sync before its end has little left to
 * wait for. It promises nothing about what is on the disk (docs/decisions/0049-batches-of-bodies.md).
 */
export class EarlySync {
  #running: Promise<void> = Promise.resolve()

  /** `syncedEnd` is the end of the file as it is now. */
  constructor(
    private readonly handle: FileHandle,
    private syncedEnd: number,
  ) {}

  /** The file has been written up to `end`. Begins a sync if it is time and none is running. */
  advance(end: number): void {
    if (isSyncing || end - this.syncedEnd < everyBytes) return
    this.syncedEnd = end
    isSyncing = true
    const before = this.#running
    this.#running = this.handle
      .datasync()
      .finally(() => (isSyncing = false))
      .then(() => before)
    this.#running.catch(() => {}) // `end` throws it; here it is only marked as handled
  }

  /**
   * Waits for the sync that runs, if any. Throws when one has failed: then the bytes are lost, and the next sync would not
   * say so, because the system reports a failure once.
   */
  async end(): Promise<void> {
    await this.#running
  }
}

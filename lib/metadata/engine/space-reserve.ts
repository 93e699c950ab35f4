import { randomFillSync } from 'node:crypto'
import { existsSync, rmSync, statSync, statfsSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@/lib/domain/errors'
import type { Logger } from '@/lib/log'
import type { DatabaseLocation } from './database'

const mebibyte = 1024 * 1024

/** With less free space than this, in bytes, no content is accepted. The reserve is not counted as free. */
const contentNeedsBytes = 8 * mebibyte

/** With less free space than this, in bytes, a write to the database releases the reserve: more than a write needs. */
const databaseNeedsBytes = 4 * mebibyte

/** How long an answer about free space is used, in milliseconds: uploads ask for each chunk. */
const freshMs = 10

/**
 * Keeps space for the administration of a server whose disk is full. A SQLite database cannot even record a log-on
 * without space, so nobody could log on and make room. A file of `sizeMib` beside the database is therefore removed as
 * soon as space runs out, and content is refused from then on, so that pushes cannot use that space.
 *
 * It decides by the disk alone, so several processes agree and a restart changes nothing. With a size of 0 it does nothing;
 * nor does it on PostgreSQL, whose space is somewhere else.
 */
export class SpaceReserve {
  readonly #file: string | null
  readonly #sizeBytes: number
  readonly #log: Logger
  #checkedAt = -Infinity
  #isLow = false

  constructor(database: DatabaseLocation, sizeMib: number, log: Logger) {
    this.#file = database.provider === 'sqlite' && sizeMib > 0 ? `${database.file}.reserve` : null
    this.#sizeBytes = sizeMib * mebibyte
    this.#log = log
  }

  /** Whether content is refused. */
  get isLow(): boolean {
    const now = performance.now()
    if (this.#file !== null && now - this.#checkedAt >= freshMs) {
      const free = freeBytes(this.#file)
      this.#isLow = free < contentNeedsBytes + (this.#hasFile() ? 0 : this.#sizeBytes)
      this.#checkedAt = now
    }
    return this.#isLow
  }

  /** Throws STORAGE_FULL when there is no room for content. */
  assertRoomForContent(): void {
    if (this.isLow) throw new AppError('STORAGE_FULL')
  }

  /** Releases the reserve if the disk is full. To be called before each transaction that writes; takes microseconds. */
  beforeWrite(): void {
    if (this.#file === null || freeBytes(this.#file) >= databaseNeedsBytes || !existsSync(this.#file)) return
    // First, for the uploads that are running.
    this.#isLow = true
    this.#checkedAt = performance.now()
    rmSync(this.#file, { force: true })
    this.#log.error(
      { file: this.#file },
      'the disk is full: pushes are refused until there is room; delete content and run a garbage collection',
    )
  }

  /** Creates the reserve where it is missing and there is room for it and for content. */
  async restore(): Promise<void> {
    if (this.#file === null || this.#hasFile() || this.isLow) return
    const draft = `${this.#file}.new`
    try {
      const handle = await open(draft, 'w', 0o600)
      try {
        // Random bytes: a file system must not store them in less space. Every block is written, not reserved.
        const block = randomFillSync(Buffer.allocUnsafe(mebibyte))
        for (let written = 0; written < this.#sizeBytes;) {
          const length = Math.min(mebibyte, this.#sizeBytes - written)
          written += (await handle.write(block, 0, length)).bytesWritten
        }
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(draft, this.#file)
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
    this.#log.info({ file: this.#file, sizeBytes: this.#sizeBytes }, 'space is reserved for the case of a full disk')
  }

  #hasFile(): boolean {
    return this.#file !== null && statSync(this.#file, { throwIfNoEntry: false })?.size === this.#sizeBytes
  }
}

/** Free space for this user on the volume of a file that need not exist; Infinity where the system does not know. */
function freeBytes(file: string): number {
  try {
    const { bavail, blocks, bsize } = statfsSync(path.dirname(file))
    return blocks === 0 ? Infinity : bavail * bsize
  } catch {
    return Infinity
  }
}

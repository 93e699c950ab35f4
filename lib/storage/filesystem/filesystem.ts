import { statSync } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

import { batchBytesOf } from '@/lib/domain/batch-bytes'
import { digestAlgorithm, parseDigest, type Digest, type DigestAlgorithm } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { type ByteRange, rangeNotSatisfiable } from '@/lib/domain/range'

import { BatchWriter } from './batch-writer'
import { BlobFolders } from './blob-folders'
import type { BlobReader, BlobStore, StoredBlob, StoredUpload } from '@/lib/storage/blob-store'
import { EarlySync } from './early-sync'
import { FileReader } from './file-reader'
import {
  blobPath,
  checkLayout,
  corruptPath,
  listBlobPaths,
  listUploadPaths,
  makeFolder,
  prepareLayout,
  syncFolder,
  uploadPath,
} from './filesystem-layout'
import { HashThread } from './hash-thread'
import { KeptFiles, type OpenFile } from './kept-files'
import { digestOfFile } from '@/lib/storage/hash'
import { RunningHashes, startHash } from '@/lib/storage/running-hashes'
import { storageError, systemCode } from './storage-error'
import { claimUpload, findStats, findUpload, releaseUpload, removeUpload } from './upload-files'

const runningHashCapacity = 1000

/**
 * Opens a blob store in `dataDir`. Creates missing folders, accessible to the owner only. Throws an Error that names
 * the folder when it is not writable. The file of an upload stays open for `keepOpenMs` after each request, for the
 * next one.
 *
 * When two processes append to one upload at the same time, the later one takes it over and the earlier one fails.
 */
export async function openFilesystemBlobStore(dataDir: string, { keepOpenMs = 0 } = {}): Promise<BlobStore> {
  const path = resolve(dataDir)
  await prepareLayout(path)
  return new FilesystemBlobStore(path, new KeptFiles(keepOpenMs))
}

/** An append or commit that is running. */
interface Work {
  aborted: boolean
  /** Whether the upload's file was published or removed. */
  ended: boolean
}

/** An upload that this process has claimed and opened. */
interface ClaimedUpload extends OpenFile {
  readonly path: string
  readonly work: Work
}

class FilesystemBlobStore implements BlobStore {
  readonly #hashes = new RunningHashes(runningHashCapacity)
  readonly #running = new Map<string, Work>()
  readonly #hashThread = new HashThread()
  readonly #blobFolders = new BlobFolders()

  constructor(
    private readonly dataDir: string,
    private readonly keptFiles: KeptFiles,
  ) {}

  async stat(digest: Digest): Promise<number | null> {
    return findSize(blobPath(this.dataDir, digest)).catch(rethrow)
  }

  statNow(digest: Digest): number | null {
    try {
      return statSync(blobPath(this.dataDir, digest), { throwIfNoEntry: false })?.size ?? null
    } catch {
      return null
    }
  }

  async publishedAt(digest: Digest): Promise<Date | null> {
    return (await findStats(blobPath(this.dataDir, digest)).catch(rethrow))?.mtime ?? null
  }

  async read(digest: Digest, range?: ByteRange): Promise<BlobReader> {
    const handle = await open(blobPath(this.dataDir, digest), 'r').catch((error: unknown) => {
      throw isMissing(error) ? new AppError('BLOB_UNKNOWN', { detail: { digest } }) : storageError(error)
    })
    try {
      const stats = await handle.stat()
      const { size } = stats
      if (range !== undefined && !(0 <= range.start && range.start <= range.end && range.end < size)) {
        throw rangeNotSatisfiable(size)
      }
      return new FileReader(handle, stats, range ?? { start: 0, end: size - 1 }, digest, this.#hashThread)
    } catch (error) {
      await handle.close()
      throw storageError(error)
    }
  }

  async uploadSize(uploadId: string): Promise<number | null> {
    const path = uploadPath(this.dataDir, uploadId)
    return path === null ? null : ((await findUpload(path).catch(rethrow))?.size ?? null)
  }

  async create(uploadId: string, algorithm: DigestAlgorithm = 'sha256'): Promise<void> {
    const alreadyExists = (cause?: unknown) => {
      const message = 'an upload with this id already exists'
      return new AppError('ALREADY_EXISTS', { message, detail: { uploadId }, cause })
    }
    if (this.#running.has(uploadId)) throw alreadyExists()
    const handle = await open(this.#uploadPath(uploadId), 'wx+', 0o600).catch((error: unknown) => {
      throw systemCode(error) === 'EEXIST' ? alreadyExists(error) : storageError(error)
    })
    await this.keptFiles.put(uploadId, handle)
    if (algorithm !== 'sha256') this.#hashes.put(uploadId, 0, startHash(algorithm))
  }

  async append(uploadId: string, offset: number | null, body: AsyncIterable<readonly Uint8Array[]>): Promise<number> {
    return this.#withUpload(uploadId, async (upload) => {
      const { handle, size: length, work } = upload
      if (offset !== null && offset !== length) throw new AppError('RANGE_INVALID', { detail: { offset, length } })

      const running = this.#hashes.take(uploadId, length)
      const writer = new BatchWriter(handle, length, () => batchBytesOf(this.#running.size))
      const earlySync = new EarlySync(handle, length)
      let failure: unknown = null
      try {
        for await (const chunks of body) {
          if (work.aborted) break
          if (running !== null) for (const chunk of chunks) running.hash.update(chunk)
          const room = writer.add(chunks)
          if (room === null) continue
          await room
          earlySync.advance(writer.writtenEnd)
        }
      } catch (error) {
        failure = error
      }
      // To their end: nothing may work on a file that is closed after a failure.
      const [written, synced] = await Promise.allSettled([writer.flush(), earlySync.end()])
      if (synced.status === 'rejected') {
        await this.#remove(uploadId, upload)
        throw synced.reason
      }
      // Rejected when the file failed, not the body. The hash then covers other bytes than the file has, and is dropped.
      if (written.status === 'rejected') throw written.reason
      const newLength = written.value
      if (work.aborted) throw uploadUnknown(uploadId)
      if (running !== null) this.#hashes.put(uploadId, newLength, running)
      if (failure !== null) throw AppError.is(failure) ? failure : new AppError('UPLOAD_INCOMPLETE', { cause: failure })
      return newLength
    })
  }

  async commit(uploadId: string, digest: Digest): Promise<number> {
    const target = blobPath(this.dataDir, digest)
    return this.#withUpload(uploadId, async (upload) => {
      const { handle, path, size } = upload
      await this.#verify(uploadId, handle, size, digest)
      // At the same time, and all to their end: nothing may work on a file that is closed after a failure.
      const steps = await Promise.allSettled([
        this.#syncFile(uploadId, upload),
        // The last chunk may have come long ago, and garbage collection uses this time.
        handle.utimes(new Date(), new Date()),
        this.#blobFolders.make(target),
      ])
      for (const step of steps) if (step.status === 'rejected') throw step.reason
      // Also over a blob that exists: its bytes may have changed on the disk, and these have just been hashed.
      await rename(path, target).catch((error: unknown) => {
        this.#blobFolders.forget(target)
        throw isMissing(error) ? uploadUnknown(uploadId) : error // aborted just now
      })
      upload.work.ended = true
      this.#hashes.drop(uploadId)
      await Promise.all([this.#blobFolders.sync(target), handle.close()])
      return size
    })
  }

  async abort(uploadId: string): Promise<void> {
    const work = this.#running.get(uploadId)
    if (work !== undefined) work.aborted = true
    this.#hashes.drop(uploadId)
    await this.keptFiles.drop(uploadId).catch(rethrow)
    const path = uploadPath(this.dataDir, uploadId)
    if (path !== null) await removeUpload(path).catch(rethrow)
  }

  async delete(digest: Digest): Promise<void> {
    await rm(blobPath(this.dataDir, digest), { force: true }).catch(rethrow)
  }

  async quarantine(digest: Digest): Promise<void> {
    const source = blobPath(this.dataDir, digest)
    const target = corruptPath(this.dataDir, digest)
    try {
      await makeFolder(dirname(target))
      await rename(source, target)
      // Otherwise the blob could be back after a power failure, and be served.
      await syncFolder(dirname(source))
      await syncFolder(dirname(target))
    } catch (error) {
      if (!isMissing(error)) throw storageError(error)
    }
  }

  async *listBlobs(): AsyncGenerator<StoredBlob> {
    try {
      for await (const { digest, path } of listBlobPaths(this.dataDir)) {
        const stats = await findStats(path)
        if (stats?.isFile()) yield { digest, sizeBytes: stats.size, publishedAt: stats.mtime }
      }
    } catch (error) {
      throw storageError(error)
    }
  }

  async *listUploads(): AsyncGenerator<StoredUpload> {
    try {
      for await (const { id, path } of listUploadPaths(this.dataDir)) {
        const stats = await findStats(path)
        if (stats?.isFile()) yield { id, sizeBytes: stats.size, changedAt: stats.mtime }
      }
    } catch (error) {
      throw storageError(error)
    }
  }

  async probe(): Promise<void> {
    await checkLayout(this.dataDir).catch(rethrow)
  }

  /** Throws DIGEST_INVALID unless the upload's bytes have `digest`. */
  async #verify(uploadId: string, handle: FileHandle, size: number, digest: Digest): Promise<void> {
    const algorithm = digestAlgorithm(digest)
    const running = this.#hashes.take(uploadId, size)
    // A copy, because a hash can be read only once and the upload may continue after a mismatch.
    const actual =
      running?.algorithm === algorithm
        ? parseDigest(`${algorithm}:${running.hash.copy().digest('hex')}`)
        : await digestOfFile(handle, algorithm)
    if (running !== null) this.#hashes.put(uploadId, size, running)
    if (actual !== digest) throw new AppError('DIGEST_INVALID', { detail: { digest, actual, size } })
  }

  /**
   * Makes the file's bytes survive a power failure. If this fails, the upload is removed: the kernel forgets pages that
   * it could not write, so a second sync would succeed without them.
   */
  async #syncFile(uploadId: string, upload: ClaimedUpload): Promise<void> {
    try {
      await upload.handle.datasync()
    } catch (error) {
      await this.#remove(uploadId, upload)
      throw error
    }
  }

  async #remove(uploadId: string, { path, work }: ClaimedUpload): Promise<void> {
    this.#hashes.drop(uploadId)
    await rm(path, { force: true })
    work.ended = true
  }

  /** Runs `use` exclusively on the open upload. Throws UPLOAD_BUSY, BLOB_UPLOAD_UNKNOWN, and storage errors. */
  async #withUpload<T>(uploadId: string, use: (upload: ClaimedUpload) => Promise<T>): Promise<T> {
    const idlePath = this.#uploadPath(uploadId)
    if (this.#running.has(uploadId)) throw new AppError('UPLOAD_BUSY', { detail: { uploadId } })
    const work: Work = { aborted: false, ended: false }
    this.#running.set(uploadId, work)
    try {
      const path = await claimUpload(idlePath)
      if (path === null) {
        await this.keptFiles.drop(uploadId)
        throw uploadUnknown(uploadId)
      }
      let file: OpenFile | null = null
      let canBeKept = false
      try {
        file = (await this.keptFiles.take(uploadId)) ?? (await openClaimed(uploadId, path))
        const result = await use({ ...file, path, work })
        canBeKept = !work.ended
        return result
      } finally {
        if (file !== null && !canBeKept) await file.handle.close()
        if (!work.ended) await this.#release(uploadId, idlePath, path, canBeKept ? file : null)
      }
    } catch (error) {
      throw storageError(error)
    } finally {
      this.#running.delete(uploadId)
    }
  }

  /**
   * Ends a claim, and keeps the open file if there is one. Throws when the upload was aborted or taken by another process
   * meanwhile.
   */
  async #release(uploadId: string, idlePath: string, path: string, file: OpenFile | null): Promise<void> {
    const isReleased = await releaseUpload(idlePath, path).catch(async (error: unknown) => {
      await file?.handle.close()
      throw error
    })
    if (isReleased) {
      if (file !== null) await this.keptFiles.put(uploadId, file.handle)
      return
    }
    await file?.handle.close()
    this.#hashes.drop(uploadId)
    if ((await findUpload(idlePath)) === null) throw uploadUnknown(uploadId)
    throw new AppError('UPLOAD_BUSY', { detail: { uploadId } })
  }

  #uploadPath(uploadId: string): string {
    const path = uploadPath(this.dataDir, uploadId)
    if (path === null) throw uploadUnknown(uploadId)
    return path
  }
}

async function findSize(path: string): Promise<number | null> {
  return (await findStats(path))?.size ?? null
}

/** Opens the file of a claimed upload. */
async function openClaimed(uploadId: string, path: string): Promise<OpenFile> {
  const handle = await open(path, 'r+').catch((error: unknown) => {
    throw isMissing(error) ? uploadUnknown(uploadId) : error // aborted just now
  })
  try {
    return { handle, size: (await handle.stat()).size }
  } catch (error) {
    await handle.close()
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return systemCode(error) === 'ENOENT'
}

function uploadUnknown(uploadId: string): AppError {
  return new AppError('BLOB_UPLOAD_UNKNOWN', { detail: { uploadId } })
}

function rethrow(error: unknown): never {
  throw storageError(error)
}

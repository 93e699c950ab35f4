import { execFileSync } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
  type FileHandle,
} from 'node:fs/promises'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Writable } from 'node:stream'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { digestHex, parseDigest, type Digest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'

import type { BlobStore } from '@/lib/storage/blob-store'
import {
  appError,
  bodyOf,
  brokenBodyOf,
  describeBlobStore,
  expectSame,
  publish,
  upload,
  type OpenedBlobStore,
} from '@/lib/storage/blob-store.contract'
import { openFilesIn } from '@/lib/testing/open-files'
import { openFilesystemBlobStore } from './filesystem'
import { blobPath, uploadPath } from './filesystem-layout'
import { digestOf } from '@/lib/storage/hash'
import { readAll } from '@/lib/storage/read-all'

const mebibyte = 1024 * 1024

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

async function openTemporary(keepOpenMs: number): Promise<OpenedBlobStore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stele-blobs-'))
  return {
    store: await openFilesystemBlobStore(dataDir, { keepOpenMs }),
    damage: (digest, bytes) => writeFile(blobPath(dataDir, digest), bytes),
    reopen: () => openFilesystemBlobStore(dataDir, { keepOpenMs }),
    listContents: () => listFiles(dataDir),
    close: () => rm(dataDir, { recursive: true }),
  }
}

describeBlobStore('the filesystem', () => openTemporary(0))
// Each file stays open between its requests, unless another process has taken the upload meanwhile.
describeBlobStore('the filesystem with files kept open', () => openTemporary(60_000))

describe('the filesystem blob store', () => {
  let root: string
  let dataDir: string
  let store: BlobStore

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'stele-blobs-'))
    dataDir = join(root, 'made', 'data')
    store = await openFilesystemBlobStore(dataDir)
  })
  afterEach(() => rm(root, { recursive: true }))

  const openFiles = () => openFilesIn(dataDir)

  it('keeps blobs and uploads where its layout says, for the owner only', async () => {
    const bytes = randomBytes(100)
    const sha256 = digestHex(await publish(store, bytes))
    const sha512 = digestHex(digestOf(bytes, 'sha512'))
    await store.commit(await upload(store, bytes), digestOf(bytes, 'sha512'))
    const uploadId = await upload(store, bytes)

    const files = [
      join(dataDir, 'blobs', 'sha256', sha256.slice(0, 2), sha256),
      join(dataDir, 'blobs', 'sha512', sha512.slice(0, 2), sha512),
      join(dataDir, 'uploads', uploadId),
    ]
    expect((await listFiles(root)).sort()).toEqual(files.sort())
    for (const file of files) {
      expectSame(await readFile(file), bytes)
      expect((await stat(file)).mode & 0o077).toBe(0)
      expect((await stat(join(file, '..'))).mode & 0o777).toBe(0o700)
    }
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700)
  })

  it('answers a probe only while each of its folders is there', async () => {
    await store.probe()
    for (const folder of ['uploads', 'blobs/sha256']) {
      await rename(join(dataDir, folder), join(root, 'away'))
      await expect(store.probe()).rejects.toEqual(appError('UNAVAILABLE'))
      await rename(join(root, 'away'), join(dataDir, folder))
      await store.probe()
    }
  })

  it('removes an upload that is aborted while its file is renamed for an append', async () => {
    // Each has its own moment: where a removal meets the rename is chance, in every tenth of them.
    const abortDuringAppend = async () => {
      for (let n = 0; n < 25; n++) {
        const uploadId = randomUUID()
        await store.create(uploadId)
        const append = store.append(uploadId, 0, bodyOf(Buffer.from('late'))).catch(() => undefined)
        await store.abort(uploadId)
        await append
      }
    }
    await Promise.all(Array.from({ length: 8 }, abortDuringAppend))
    expect(await listFiles(dataDir)).toEqual([])
  })

  describe('a commit', () => {
    const bytes = Buffer.from('durable')
    const digest = digestOf(bytes)
    const blobExists = async () => (await store.stat(digest)) !== null

    /** What every file handle's `datasync` and `sync` come from, to see when they are called. */
    async function handlePrototype(): Promise<FileHandle> {
      const handle = await open(root, 'r')
      await handle.close()
      return Object.getPrototypeOf(handle) as FileHandle
    }
    afterEach(() => vi.restoreAllMocks())

    it('syncs the file before the blob is visible, and its folders before it returns', async () => {
      const prototype = await handlePrototype()
      const uploadId = await upload(store, bytes)
      const synced: { call: string; visible: boolean }[] = []
      for (const call of ['datasync', 'sync'] as const) {
        vi.spyOn(prototype, call).mockImplementation(async () => {
          synced.push({ call, visible: await blobExists() })
        })
      }
      await store.commit(uploadId, digest)
      expect(synced).toEqual([
        { call: 'datasync', visible: false },
        { call: 'sync', visible: true },
        { call: 'sync', visible: true },
      ])
      synced.length = 0
      await publish(store, bytes) // replaces the blob, in a folder whose entry is synced
      expect(synced.map(({ call }) => call)).toEqual(['datasync', 'sync'])
      synced.length = 0
      await publish(await openFilesystemBlobStore(dataDir), bytes) // by a process that does not know
      expect(synced.map(({ call }) => call)).toEqual(['datasync', 'sync', 'sync'])
    })

    it('syncs the folder above again after that failed', async () => {
      const prototype = await handlePrototype()
      const failure = Object.assign(new Error('i/o error'), { code: 'EIO' })
      const syncs = vi.spyOn(prototype, 'sync').mockRejectedValue(failure)
      await expect(publish(store, bytes)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      syncs.mockReset().mockResolvedValue(undefined)
      await publish(store, bytes)
      expect(syncs).toHaveBeenCalledTimes(2)
    })

    it('makes the folder again that somebody has removed, at the second try', async () => {
      await publish(store, bytes)
      await rm(dirname(blobPath(dataDir, digest)), { recursive: true })
      const uploadId = await upload(store, bytes)
      await expect(store.commit(uploadId, digest)).rejects.toEqual(appError('BLOB_UPLOAD_UNKNOWN', { uploadId }))
      await store.commit(uploadId, digest)
      expect(await blobExists()).toBe(true)
    })

    it('drops the upload when its bytes cannot be synced', async () => {
      const uploadId = await upload(store, bytes)
      const failure = Object.assign(new Error('i/o error'), { code: 'EIO' })
      vi.spyOn(await handlePrototype(), 'datasync').mockRejectedValueOnce(failure)
      await expect(store.commit(uploadId, digest)).rejects.toMatchObject({ code: 'UNAVAILABLE', cause: failure })
      expect(await listFiles(dataDir)).toEqual([])
      await publish(store, bytes)
      expect(await blobExists()).toBe(true)
    })
  })

  it('never makes a path of a text that was only cast to a digest', async () => {
    const forged = 'sha256:../../../../etc/passwd' as Digest
    for (const attempt of [store.stat(forged), store.read(forged), store.delete(forged)]) {
      await expect(attempt).rejects.toEqual(appError('DIGEST_INVALID', { digest: forged }))
    }
  })

  it('never takes a blob’s file for an upload, whatever id is made up', async () => {
    const digest = await publish(store, Buffer.from('abc'))
    const hex = digestHex(digest)
    const uploadId = `../blobs/sha256/${hex.slice(0, 2)}/${hex}`
    const unknown = appError('BLOB_UPLOAD_UNKNOWN', { uploadId })
    expect(await store.uploadSize(uploadId)).toBeNull()
    await expect(store.create(`${uploadId}x`)).rejects.toEqual(
      appError('BLOB_UPLOAD_UNKNOWN', { uploadId: `${uploadId}x` }),
    )
    await expect(store.append(uploadId, 3, bodyOf(Buffer.from('d')))).rejects.toEqual(unknown)
    await expect(store.commit(uploadId, digest)).rejects.toEqual(unknown)
    await store.abort(uploadId)
    expect(await readAll(store, digest, 3)).toEqual(Buffer.from('abc'))
  })

  it('says which folder cannot be used when it is a file', async () => {
    await writeFile(join(root, 'file'), '')
    await expect(openFilesystemBlobStore(join(root, 'file'))).rejects.toThrow(
      `the data folder ${join(root, 'file')} cannot be written to (ENOTDIR)`,
    )
  })

  it('says which folder cannot be made', async () => {
    await expect(openFilesystemBlobStore('/sys/stele')).rejects.toThrow(
      /^the data folder \/sys\/stele cannot be written to \(E[A-Z]+\)$/,
    )
  })

  it('lists only what is a blob or an upload', async () => {
    const digest = await publish(store, Buffer.from('abc'))
    const uploadId = await upload(store, Buffer.from('de'))
    await writeFile(join(dataDir, 'blobs', 'sha256', 'stray'), '')
    await writeFile(`${blobPath(dataDir, digest)}.tmp`, '')
    await mkdir(join(dataDir, 'blobs', 'sha512', 'ab', 'f'.repeat(128)), { recursive: true })
    await writeFile(join(dataDir, 'uploads', 'stray'), '')
    const found: string[] = []
    for await (const blob of store.listBlobs()) found.push(blob.digest)
    for await (const { id } of store.listUploads()) found.push(id)
    expect(found).toEqual([digest, uploadId])
  })

  it('counts a blob as published by its commit, however long ago its last byte came', async () => {
    const bytes = Buffer.from('slow')
    const longAgo = new Date('2020-01-01')
    const uploadId = await upload(store, bytes)
    await utimes(uploadPath(dataDir, uploadId) ?? '', longAgo, longAgo)
    await store.commit(uploadId, digestOf(bytes))
    expect((await store.publishedAt(digestOf(bytes)))?.getFullYear()).toBeGreaterThan(2020)

    await utimes(blobPath(dataDir, digestOf(bytes)), longAgo, longAgo)
    expect(await store.publishedAt(digestOf(bytes))).toEqual(longAgo)
    await publish(store, bytes)
    expect((await store.publishedAt(digestOf(bytes)))?.getFullYear()).toBeGreaterThan(2020)
  })

  it('keeps what it puts aside under the digest, each time anew', async () => {
    const digest = await publish(store, Buffer.from('abc'))
    await store.quarantine(digest)
    const files = await listFiles(dataDir)
    expect(files).toHaveLength(1)
    expect(files[0]).toContain(join(dataDir, 'corrupt', `sha256-${digestHex(digest)}.`))
    expect(((await stat(join(dataDir, 'corrupt'))).mode & 0o777).toString(8)).toBe('700')
  })

  it('replaces a blob’s file that has lost its end', async () => {
    const bytes = randomBytes(1000)
    const digest = await publish(store, bytes)
    const [file = ''] = await listFiles(dataDir)
    await writeFile(file, bytes.subarray(0, 10))
    await publish(store, bytes)
    expectSame(await readAll(store, digest, 1000), bytes)
    expect(await listFiles(dataDir)).toHaveLength(1)
  })

  it('hashes the file, not its memory, after the file was written by somebody else', async () => {
    const uploadId = await upload(store, Buffer.from('abc'))
    const other = await openFilesystemBlobStore(dataDir)
    await other.append(uploadId, 3, bodyOf(Buffer.from('def')))
    await expect(store.commit(uploadId, digestOf(Buffer.from('abc')))).rejects.toEqual(
      expect.objectContaining({ code: 'DIGEST_INVALID' }),
    )
    expect(await store.append(uploadId, 6, bodyOf(Buffer.from('ghi')))).toBe(9)
    expect(await store.commit(uploadId, digestOf(Buffer.from('abcdefghi')))).toBe(9)
  })

  it('keeps the file of an upload open for the next request, and closes it after a while', async () => {
    const bytes = randomBytes(1000)
    const kept = await openFilesystemBlobStore(dataDir, { keepOpenMs: 200 })
    const committed = await upload(kept, bytes)
    expect(openFiles()).toHaveLength(1)
    await kept.commit(committed, digestOf(bytes))
    expect(openFiles()).toEqual([])
    const aborted = await upload(kept, bytes)
    await kept.abort(aborted)
    expect(openFiles()).toEqual([])
    const taken = await upload(kept, bytes)
    await store.abort(taken)
    await expect(kept.append(taken, 1000, bodyOf())).rejects.toMatchObject({ code: 'BLOB_UPLOAD_UNKNOWN' })
    expect(openFiles()).toEqual([])
    const failed = await upload(kept, bytes)
    await expect(kept.append(failed, 5, bodyOf())).rejects.toMatchObject({ code: 'RANGE_INVALID' })
    expect(openFiles()).toEqual([])
    await upload(kept, bytes)
    await vi.waitFor(() => expect(openFiles()).toEqual([]))
  })

  it('writes to the copy that another process has made of an upload, not to the file that it kept open', async () => {
    const bytes = randomBytes(3000)
    const kept = await openFilesystemBlobStore(dataDir, { keepOpenMs: 60_000 })
    const uploadId = await upload(kept, bytes.subarray(0, 1000))
    const path = uploadPath(dataDir, uploadId) ?? ''
    await rename(path, `${path}.${randomUUID()}`) // a process that ended in the middle
    await store.append(uploadId, 1000, bodyOf(bytes.subarray(1000, 2000)))
    await kept.append(uploadId, 2000, bodyOf(bytes.subarray(2000)))
    await kept.commit(uploadId, digestOf(bytes))
    expectSame(await readAll(store, digestOf(bytes), 3000), bytes)
  })

  it('closes every file, whatever happens to the operation', async () => {
    const bytes = randomBytes(2 * mebibyte)
    const digest = await publish(store, bytes)
    await readAll(store, digest, bytes.length)
    await readAll(store, digest, 10).catch(() => {})
    await store.read(digest, { start: 0, end: bytes.length }).catch(() => {})
    await (await store.read(digest)).close()
    const failing = new Writable({ write: (_chunk, _encoding, done) => done(new Error('broken pipe')) })
    await (await store.read(digest)).pipeTo(failing).catch(() => {})
    const closing = new Writable({ write: () => queueMicrotask(() => closing.destroy()) })
    await (await store.read(digest)).pipeTo(closing).catch(() => {})

    const uploadId = await upload(store, bytes)
    await store.append(uploadId, 5, bodyOf()).catch(() => {})
    await store.append(uploadId, bytes.length, brokenBodyOf(bytes)).catch(() => {})
    await store.commit(uploadId, digest).catch(() => {})
    expect(await store.uploadSize(uploadId)).toBe(2 * bytes.length)

    expect(openFiles()).toEqual([])
    const reader = await store.read(digest)
    expect(openFiles()).toHaveLength(1) // the measurement sees what it should
    await reader.close()
  })

  it('serves an HTTP client byte for byte, and lets go of the file when another goes away', async () => {
    const bytes = randomBytes(20 * mebibyte)
    const digest = await publish(store, bytes)
    const outcomes: Promise<void>[] = []
    const server = createServer((request, response) => {
      outcomes.push(
        store.read(digest).then(async (reader) => {
          response.writeHead(200, request.url === '/chunked' ? {} : { 'content-length': reader.length })
          if (request.url === '/late') {
            response.flushHeaders()
            await once(response, 'close')
          }
          await reader.pipeTo(response)
          response.end()
        }),
      )
      outcomes.at(-1)?.catch(() => {}) // looked at below
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const request = (path: string) =>
      new Promise<IncomingMessage>((resolve, reject) => get(url + path, { agent: false }, resolve).on('error', reject))
    try {
      for (const path of ['/', '/chunked']) {
        const chunks: Buffer[] = []
        for await (const chunk of await request(path)) chunks.push(chunk as Buffer)
        expectSame(Buffer.concat(chunks), bytes)
      }
      for (const path of ['/', '/late']) {
        ;(await request(path)).destroy()
        await expect(outcomes.at(-1)).rejects.toSatisfy((error) => !AppError.is(error))
        expect(openFiles()).toEqual([])
      }
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })

  it('appends 300 MiB without the process growing by 64 MiB', { timeout: 60_000 }, async () => {
    const uploadId = randomUUID()
    await store.create(uploadId)
    const pattern = randomBytes(65_536)
    const before = process.memoryUsage.rss()
    const hash = createHash('sha256')
    let peak = 0
    async function* body(): AsyncGenerator<readonly Uint8Array[]> {
      for (let n = 0; n < 300 * 16; n++) {
        const chunk = Buffer.allocUnsafeSlow(pattern.length) // as a socket does: memory of its own
        pattern.copy(chunk)
        hash.update(chunk)
        yield await Promise.resolve([chunk])
        if (n % 16 === 0) peak = Math.max(peak, process.memoryUsage.rss())
      }
    }
    await store.append(uploadId, 0, body())
    await store.commit(uploadId, parseDigest(`sha256:${hash.digest('hex')}`))
    expect((peak - before) / mebibyte).toBeLessThan(64)
  })
})

describe('the filesystem blob store on a full disk', () => {
  let dataDir: string
  let mounted = false

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'stele-full-'))
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', dataDir], { stdio: 'ignore' })
      mounted = true
    } catch {
      mounted = false
    }
  })
  afterEach(async () => {
    if (mounted) execFileSync('umount', [dataDir])
    await rm(dataDir, { recursive: true })
  })

  it('answers STORAGE_FULL, keeps what it has, and the upload goes on once there is space', async (context) => {
    context.skip(!mounted, 'mounting a tiny tmpfs takes root')
    const store = await openFilesystemBlobStore(dataDir)
    const old = randomBytes(mebibyte)
    const oldDigest = await publish(store, old)
    const bytes = randomBytes(mebibyte + 200_000)
    const uploadId = randomUUID()
    await store.create(uploadId)

    await expect(
      store.append(uploadId, 0, bodyOf(bytes.subarray(0, 600_000), bytes.subarray(600_000))),
    ).rejects.toEqual(appError('STORAGE_FULL'))
    expectSame(await readAll(store, oldDigest, mebibyte), old)
    const received = (await store.uploadSize(uploadId)) ?? -1
    expect(received).toBeGreaterThan(0)
    expect(received).toBeLessThan(bytes.length)

    await store.delete(oldDigest)
    await store.append(uploadId, received, bodyOf(bytes.subarray(received)))
    await store.commit(uploadId, digestOf(bytes))
    expectSame(await readAll(store, digestOf(bytes), bytes.length), bytes)
  })
})

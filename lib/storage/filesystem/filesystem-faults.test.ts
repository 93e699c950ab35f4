import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { Digest } from '@/lib/domain/digest'

import type { BlobStore } from '@/lib/storage/blob-store'
import { bodyOf, expectSame, publish, upload } from '@/lib/storage/blob-store.contract'
import { openFilesystemBlobStore } from './filesystem'
import { blobPath, uploadPath } from './filesystem-layout'
import { digestOf } from '@/lib/storage/hash'
import { readAll } from '@/lib/storage/read-all'

/** The module's calls that fail now, and with what. */
const failing = vi.hoisted(() => new Map<string, Error>())

vi.mock('node:fs/promises', async (importOriginal) => {
  const real: Record<string, (...parameters: unknown[]) => unknown> = await importOriginal()
  const failable = (call: ModuleCall) => {
    return (...parameters: unknown[]) => {
      const failure = failing.get(call)
      return failure === undefined ? real[call]?.(...parameters) : Promise.reject(failure)
    }
  }
  return { ...real, ...Object.fromEntries(moduleCalls.map((call) => [call, failable(call)])) }
})

/** The calls by which the driver reaches the disk: of the module, and of an open file. */
const moduleCalls = vi.hoisted(
  () => ['mkdir', 'open', 'opendir', 'rename', 'rm', 'stat', 'unlink', 'copyFile'] as const,
)
type ModuleCall = (typeof moduleCalls)[number]
type FileCall = 'datasync' | 'read' | 'stat' | 'sync' | 'utimes' | 'writev'

const codes = [
  ['ENOSPC', 'STORAGE_FULL'],
  ['EDQUOT', 'STORAGE_FULL'],
  ['EIO', 'UNAVAILABLE'],
  ['EROFS', 'UNAVAILABLE'],
  ['EACCES', 'UNAVAILABLE'],
  ['EMFILE', 'UNAVAILABLE'],
] as const

describe.each(codes)('a disk that answers %s', (systemCode, code) => {
  // In another folder than the new blob: a folder that is there is not made.
  const old = Buffer.alloc(1000, 'old')
  const bytes = Buffer.alloc(2000, 'new')
  const digest = digestOf(bytes)
  const failure = Object.assign(new Error('a fault of the disk'), { code: systemCode })
  let dataDir: string
  let store: BlobStore
  let oldDigest: Digest
  let uploadId: string

  beforeEach(async () => {
    dataDir = await fs.mkdtemp(join(tmpdir(), 'stele-faults-'))
    store = await openFilesystemBlobStore(dataDir)
    oldDigest = await publish(store, old)
    uploadId = await upload(store, bytes)
  })
  afterEach(async () => {
    repair()
    await fs.rm(dataDir, { recursive: true })
  })

  function failModule(call: ModuleCall): void {
    failing.set(call, failure)
  }

  async function failFile(call: FileCall): Promise<void> {
    const handle = await fs.open(blobPath(dataDir, oldDigest), 'r')
    await handle.close()
    vi.spyOn(Object.getPrototypeOf(handle) as fs.FileHandle, call).mockRejectedValue(failure)
  }

  function repair(): void {
    failing.clear()
    vi.restoreAllMocks()
  }

  /** What the disk had before is there, and the store works again. */
  async function expectRecovered(): Promise<void> {
    repair()
    expectSame(await readAll(store, oldDigest, old.length), old)
    const more = randomBytes(10)
    expectSame(await readAll(store, await publish(store, more), 10), more)
  }

  const reading: [ModuleCall, string, (store: BlobStore) => Promise<unknown>][] = [
    ['stat', 'stat', () => store.stat(oldDigest)],
    ['stat', 'publishedAt', () => store.publishedAt(oldDigest)],
    ['open', 'read', () => store.read(oldDigest)],
    ['stat', 'uploadSize', () => store.uploadSize(uploadId)],
    ['opendir', 'listBlobs', () => drain(store.listBlobs())],
    ['stat', 'listBlobs', () => drain(store.listBlobs())],
    ['opendir', 'listUploads', () => drain(store.listUploads())],
    ['stat', 'listUploads', () => drain(store.listUploads())],
  ]
  it.each(reading)(`to %s makes %s throw ${code}`, async (call, _method, run) => {
    failModule(call)
    await expect(run(store)).rejects.toMatchObject({ code, cause: failure })
    await expectRecovered()
  })

  it(`while a blob is read makes its reader throw ${code}`, async () => {
    const reader = await store.read(oldDigest)
    await failFile('read')
    const sink = new Writable({ write: (_chunk, _encoding, done) => done() })
    await expect(reader.pipeTo(sink)).rejects.toMatchObject({ code, cause: failure })
    await expectRecovered()
  })

  it(`to a new upload leaves none`, async () => {
    failModule('open')
    await expect(store.create('00000000-0000-0000-0000-000000000000')).rejects.toMatchObject({ code })
    repair()
    expect(await store.uploadSize('00000000-0000-0000-0000-000000000000')).toBeNull()
    await expectRecovered()
  })

  it('to a write keeps what arrived before, and the upload goes on', async () => {
    await failFile('writev')
    await expect(store.append(uploadId, 2000, bodyOf(old))).rejects.toMatchObject({ code, cause: failure })
    repair()
    expect(await store.uploadSize(uploadId)).toBe(2000)
    await store.append(uploadId, 2000, bodyOf(old))
    const whole = Buffer.concat([bytes, old])
    await store.commit(uploadId, digestOf(whole))
    expectSame(await readAll(store, digestOf(whole), whole.length), whole)
    await expectRecovered()
  })

  it.each(['mkdir', 'rename', 'open'] as const)(
    'to %s in a commit publishes nothing, and the commit can be repeated',
    async (call) => {
      failModule(call)
      await expect(store.commit(uploadId, digest)).rejects.toMatchObject({ code, cause: failure })
      repair()
      expect(await store.stat(digest)).toBeNull()
      expect(await store.commit(uploadId, digest)).toBe(2000)
      expectSame(await readAll(store, digest, 2000), bytes)
      await expectRecovered()
    },
  )

  it('to a sync while a large upload arrives drops the upload: what was lost is told once', async () => {
    await failFile('datasync')
    const parts = Array.from({ length: 8 }, () => Buffer.alloc(2 * 1024 * 1024, 'large'))
    await expect(store.append(uploadId, 2000, bodyOf(...parts))).rejects.toMatchObject({ code, cause: failure })
    repair()
    expect(await store.uploadSize(uploadId)).toBeNull()
    await expectRecovered()
  })

  it('to the sync of a commit’s bytes publishes nothing and drops the upload', async () => {
    await failFile('datasync')
    await expect(store.commit(uploadId, digest)).rejects.toMatchObject({ code, cause: failure })
    repair()
    expect(await store.stat(digest)).toBeNull()
    expect(await store.uploadSize(uploadId)).toBeNull()
    await expectRecovered()
  })

  it('to the sync of a commit’s folder is not acknowledged', async () => {
    await failFile('sync')
    await expect(store.commit(uploadId, digest)).rejects.toMatchObject({ code, cause: failure })
    await expectRecovered()
  })

  it('to the time of a blob that is replaced is not acknowledged, and the upload stays', async () => {
    const again = await upload(store, old)
    await failFile('utimes')
    await expect(store.commit(again, oldDigest)).rejects.toMatchObject({ code, cause: failure })
    repair()
    expect(await store.commit(again, oldDigest)).toBe(1000)
    await expectRecovered()
  })

  it.each(['copyFile', 'unlink', 'opendir', 'stat'] as const)(
    'to %s keeps an upload whose process ended from going on, until the disk works again',
    async (call) => {
      const path = uploadPath(dataDir, uploadId) ?? ''
      await fs.rename(path, `${path}.${uploadId}`) // as its process left it
      failModule(call)
      await expect(store.append(uploadId, 2000, bodyOf(old))).rejects.toMatchObject({ code, cause: failure })
      repair()
      expect(await store.append(uploadId, 2000, bodyOf(old))).toBe(3000)
      await expectRecovered()
    },
  )

  it('to a removal is told, and what was to go is still there', async () => {
    for (const call of ['rm', 'unlink'] as const) failModule(call)
    await expect(store.delete(oldDigest)).rejects.toMatchObject({ code, cause: failure })
    await expect(store.abort(uploadId)).rejects.toMatchObject({ code, cause: failure })
    repair()
    expect(await store.uploadSize(uploadId)).toBe(2000)
    await expectRecovered()
  })

  it.each(['rename', 'mkdir'] as const)('to %s leaves a blob that was to be put aside where it is', async (call) => {
    failModule(call)
    await expect(store.quarantine(oldDigest)).rejects.toMatchObject({ code, cause: failure })
    await expectRecovered()
  })
})

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const item of items) expect(item).toBeDefined()
}

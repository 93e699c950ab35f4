import { randomBytes, randomUUID } from 'node:crypto'

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import { createObjectIndex } from '@/lib/server/object-index'
import type { BlobStore } from '@/lib/storage/blob-store'
import {
  appError,
  describeBlobStore,
  expectSame,
  type OpenedBlobStore,
  publish,
  upload,
} from '@/lib/storage/blob-store.contract'
import { readAll } from '@/lib/storage/read-all'
import { openTestDatabase } from '@/lib/testing/test-database'
import { createBucket, isWithoutS3, startTestS3 } from '@/lib/testing/test-s3'
import type { S3Server } from '@/scripts/lib/s3-server.mjs'
import { Bucket } from './bucket'
import { openS3BlobStore } from './open-s3'
import { PartBuffer } from './part-buffer'
import { S3Client, usualPatience } from './s3-client'
import { usualCutting } from './upload-writer'

let server: S3Server

/** 5 MiB is the least that S3 takes: so the tests reach several parts. */
const cutting = { ...usualCutting, partBytes: 5 * 1024 * 1024, idleMs: 50 }

async function openTemporary(): Promise<OpenedBlobStore> {
  const setting = createBucket(server)
  const database = await openTestDatabase()
  const index = createObjectIndex(database.db)
  const open = () => openS3BlobStore(setting, index, { credentials: server.credentials, cutting })
  const store = await open()
  const bucket = new Bucket(new S3Client(setting, server.credentials, usualPatience), setting.prefix)
  return {
    store,
    async damage(digest, bytes) {
      const { key = '' } = (await index.findObject(digest)) ?? {}
      const part = new PartBuffer(bytes.length, true)
      part.add(bytes)
      await bucket.put(key, part.body())
    },
    reopen: open,
    async listContents() {
      await store.sweep?.(new Date(Date.now() + 3_600_000), new AbortController().signal)
      return namesIn(bucket)
    },
    close: () => database.close(),
  }
}

async function namesIn(bucket: Bucket): Promise<string[]> {
  const names = []
  for await (const page of bucket.listObjects()) names.push(...page.map(({ key }) => key))
  return names
}

describe.skipIf(isWithoutS3)('with an S3 server', () => {
  beforeAll(async () => {
    server = await startTestS3()
  })
  afterAll(() => server.stop())

  describeBlobStore('S3', openTemporary)

  describe('a bucket', () => {
    const soon = () => new Date(Date.now() + 3_600_000)
    const never = new AbortController().signal

    it('belongs to the database that first wrote to it: another one neither writes nor sweeps', async () => {
      const setting = createBucket(server)
      const databases = [await openTestDatabase(), await openTestDatabase()]
      const [store, other] = await Promise.all(
        databases.map(({ db }) => openS3BlobStore(setting, createObjectIndex(db), { credentials: server.credentials })),
      )
      const bytes = randomBytes(1000)
      const digest = await publish(store as BlobStore, bytes)
      await expect(other?.create(randomUUID())).rejects.toEqual(appError('UNAVAILABLE'))
      await expect(other?.sweep?.(soon(), never)).rejects.toEqual(appError('UNAVAILABLE'))
      await store?.sweep?.(soon(), never)
      expectSame(await readAll(store as BlobStore, digest, 1000), bytes)
      for (const database of databases) await database.close()
    })

    it('keeps what was written, replaced or started since the cutoff of a sweep, and loses what was before', async () => {
      const setting = createBucket(server)
      const database = await openTestDatabase()
      const index = createObjectIndex(database.db)
      const store = await openS3BlobStore(setting, index, { credentials: server.credentials, cutting })
      const bucket = new Bucket(new S3Client(setting, server.credentials, usualPatience), setting.prefix)
      const list = () => namesIn(bucket)
      const digest = await publish(store, randomBytes(1000))
      await publish(store, await readAll(store, digest, 1000)) // replaced
      const open = await upload(store, randomBytes(7 * 1024 * 1024)) // a part and a tail
      // What a process leaves that ends before it has recorded them.
      await bucket.put(bucket.keyOf(randomUUID()), new PartBuffer(1, true).body())
      await bucket.startMultipart(bucket.keyOf(randomUUID()))
      const multiparts = async () => {
        const pages = []
        for await (const page of bucket.listMultiparts()) pages.push(...page)
        return pages
      }

      await store.sweep?.(new Date(Date.now() - 3_600_000), never)
      expect(await list()).toHaveLength(4)
      expect(await multiparts()).toHaveLength(2)
      await store.sweep?.(soon(), never)
      expect(await list()).toHaveLength(2)
      expect(await multiparts()).toHaveLength(1)
      expect(await store.stat(digest)).toBe(1000)
      expect(await store.uploadSize(open)).toBe(7 * 1024 * 1024)

      await store.abort(open)
      await store.delete(digest)
      await store.sweep?.(soon(), never)
      expect(await list()).toEqual([])
      expect(await multiparts()).toEqual([])
      await database.close()
    })

    it.each([
      ['small', 1000, 'put'],
      ['of several parts', 11 * 1024 * 1024, 'startMultipart'],
      ['empty', 0, 'put'],
    ] as const)('names no object that a process began long before it goes on: %s', async (_, length, begins) => {
      const setting = createBucket(server)
      const database = await openTestDatabase()
      const index = createObjectIndex(database.db)
      const store = await openS3BlobStore(setting, index, { credentials: server.credentials, cutting })
      const bytes = randomBytes(length)
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
      // The process stands still after the store has answered, and another one sweeps meanwhile.
      // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called on the bucket
      const begin = Bucket.prototype[begins] as (...given: unknown[]) => Promise<unknown>
      const stalls = vi.spyOn(Bucket.prototype, begins).mockImplementation(async function (
        this: Bucket,
        ...given: unknown[]
      ) {
        const begun = await begin.apply(this, given)
        vi.setSystemTime(Date.now() + 3_600_000)
        return begun as never
      })
      try {
        await expect(publish(store, bytes)).rejects.toEqual(appError('UNAVAILABLE'))
        expect(stalls).toHaveBeenCalled()
      } finally {
        stalls.mockRestore()
        vi.useRealTimers()
      }
      const [open] = await index.listUploads(null)
      expect(await index.findUpload(open?.id ?? '')).toMatchObject({ sizeBytes: 0, multipart: null, tail: null })
      const digest = await publish(store, bytes)
      expectSame(await readAll(store, digest, length), bytes)
      await database.close()
    })

    it('that is not there is said to be unavailable', async () => {
      const database = await openTestDatabase()
      const setting = { ...createBucket(server), bucket: 'not-there' }
      const store = await openS3BlobStore(setting, createObjectIndex(database.db), { credentials: server.credentials })
      await expect(store.probe()).rejects.toEqual(appError('UNAVAILABLE'))
      await expect(store.create(randomUUID())).rejects.toEqual(appError('UNAVAILABLE'))
      await database.close()
    })
  })
})

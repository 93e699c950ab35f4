import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, describe } from 'vitest'

import { createObjectIndex } from '@/lib/server/object-index'
import { describeBlobStore, type OpenedBlobStore } from '@/lib/storage/blob-store.contract'
import { openTestDatabase } from '@/lib/testing/test-database'
import { createBucket, isWithoutS3, startTestS3 } from '@/lib/testing/test-s3'
import type { S3Server } from '@/scripts/lib/s3-server.mjs'
import { openS3BlobStore } from './open-s3'
import { usualCutting } from './upload-writer'

let server: S3Server

/** 5 MiB is the least that S3 takes: so the tests reach several parts. */
const cutting = { ...usualCutting, partBytes: 5 * 1024 * 1024, idleMs: 50 }

async function openTemporary(): Promise<OpenedBlobStore> {
  const [setting, database] = await Promise.all([createBucket(server), openTestDatabase()])
  const index = createObjectIndex(database.db)
  const open = () => openS3BlobStore(setting, index, { credentials: server.credentials, cutting })
  const store = await open()
  const objects = join(server.folder, setting.bucket, 'stele', 'objects')
  return {
    store,
    async damage(digest, bytes) {
      const { key = '' } = (await index.findObject(digest)) ?? {}
      const file = join(server.folder, setting.bucket, key)
      await readFile(file)
      await writeFile(file, bytes)
    },
    reopen: open,
    async listContents() {
      await store.sweep?.(new Date(Date.now() + 3_600_000), new AbortController().signal)
      return readdir(objects).catch(() => [])
    },
    close: () => database.close(),
  }
}

describe.skipIf(isWithoutS3)('with an S3 server', () => {
  beforeAll(async () => {
    server = await startTestS3()
  })
  afterAll(() => server.stop())

  describeBlobStore('S3', openTemporary)
})

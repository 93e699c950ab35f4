import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseConfig } from '@/lib/config'
import { openBlobStore } from './open-blob-store'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stele-storage-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('STELE_STORAGE=filesystem keeps blobs in folders of the data folder', async () => {
  const { storage } = parseConfig({ STELE_STORAGE: 'filesystem', STELE_DATA_DIR: folder })
  const store = await openBlobStore(storage, noIndex)
  await store.create('3f1e5a52-8a9d-4d5e-9a55-0b4f5f3b7c11')
  expect(await readdir(join(folder, 'uploads'))).toEqual(['3f1e5a52-8a9d-4d5e-9a55-0b4f5f3b7c11'])
})

test('STELE_STORAGE=s3 keeps them in a bucket, and its index is asked for', async () => {
  const { storage } = parseConfig({ STELE_STORAGE: 's3', STELE_S3_BUCKET: 'blobs' })
  await expect(openBlobStore(storage, noIndex)).rejects.toThrow('asked for an index')
})

test('a driver that there is not is refused when the settings are read', () => {
  expect(() => parseConfig({ STELE_STORAGE: 'floppy' })).toThrow(/^STELE_STORAGE: must be filesystem or s3$/)
})

function noIndex(): never {
  throw new Error('asked for an index')
}

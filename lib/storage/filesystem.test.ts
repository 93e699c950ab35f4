import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describeBlobStore, type OpenedBlobStore } from './blob-store.contract'
import { openFilesystemBlobStore } from './filesystem'

async function openTemporary(): Promise<OpenedBlobStore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stele-blobs-'))
  return {
    store: await openFilesystemBlobStore(dataDir),
    reopen: () => openFilesystemBlobStore(dataDir),
    listContents: async () =>
      (await readdir(dataDir, { recursive: true, withFileTypes: true })).filter((e) => e.isFile()).map((e) => e.name),
    close: () => rm(dataDir, { recursive: true }),
  }
}

describeBlobStore('the filesystem', openTemporary)

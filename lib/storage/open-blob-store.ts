import type { StorageSetting } from '@/lib/config-storage'
import type { BlobStore } from './blob-store'
import { openFilesystemBlobStore } from './filesystem/filesystem'
import type { ObjectIndex } from './s3/object-index'

/** How long the file of an upload stays open for the client's next request, in milliseconds. */
const keepOpenMs = 2_000

/**
 * Opens the blob store that the settings choose. `index` is asked for by a driver that has its state in the database.
 * Throws an Error that names what cannot be used.
 */
export async function openBlobStore(setting: StorageSetting, index: () => ObjectIndex): Promise<BlobStore> {
  switch (setting.driver) {
    case 'filesystem':
      return openFilesystemBlobStore(setting.dataDir, { keepOpenMs })
    case 's3': {
      // Not loaded where it is not used: its packages take 10 MiB of memory in each process.
      const { openS3BlobStore } = await import('./s3/open-s3')
      return openS3BlobStore(setting, index())
    }
  }
}

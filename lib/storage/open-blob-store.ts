import type { StorageSetting } from '@/lib/config'
import type { BlobStore } from './blob-store'
import { openFilesystemBlobStore } from './filesystem/filesystem'

/** How long the file of an upload stays open for the client's next request, in milliseconds. */
const keepOpenMs = 2_000

/** How each driver is opened. */
const drivers: Readonly<Record<StorageSetting['driver'], (setting: StorageSetting) => Promise<BlobStore>>> = {
  filesystem: ({ dataDir }) => openFilesystemBlobStore(dataDir, { keepOpenMs }),
}

/** Opens the blob store that the settings choose. Throws an Error that names what cannot be used. */
export function openBlobStore(setting: StorageSetting): Promise<BlobStore> {
  return drivers[setting.driver](setting)
}

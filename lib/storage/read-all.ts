import { Writable } from 'node:stream'

import { AppError } from '@/lib/domain/errors'
import type { Digest } from '@/lib/domain/digest'

import type { BlobStore } from './blob-store'

/** Reads a small blob into memory. Throws BLOB_UNKNOWN when it is absent, SIZE_INVALID when larger than `maxBytes`. */
export async function readAll(store: BlobStore, digest: Digest, maxBytes: number): Promise<Buffer> {
  const reader = await store.read(digest)
  if (reader.length > maxBytes) {
    await reader.close()
    throw new AppError('SIZE_INVALID', {
      message: `the blob is larger than ${maxBytes} bytes`,
      detail: { digest, size: reader.size },
    })
  }
  const bytes = Buffer.allocUnsafe(reader.length)
  let position = 0
  await reader.pipeTo(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        position += chunk.copy(bytes, position)
        done()
      },
    }),
  )
  return bytes
}

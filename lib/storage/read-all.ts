import { Writable } from 'node:stream'

import { AppError } from '@/lib/domain/errors'
import type { Digest } from '@/lib/domain/digest'

import type { BlobStore } from './blob-store'

/** A small blob in memory. Throws BLOB_UNKNOWN when it is absent and SIZE_INVALID when it is larger than `maxBytes`. */
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

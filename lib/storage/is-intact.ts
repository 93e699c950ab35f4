import { createHash } from 'node:crypto'
import { Writable } from 'node:stream'

import { digestAlgorithm, digestHex, type Digest } from '@/lib/domain/digest'

import type { BlobStore } from './blob-store'

/**
 * Whether a blob's bytes still match its digest. Reads all of them in bounded memory, waits for `pace` after each
 * chunk, and rethrows what `pace` throws. Throws BLOB_UNKNOWN when the blob is absent.
 */
export async function isIntact(
  store: BlobStore,
  digest: Digest,
  pace: (bytes: number) => Promise<void>,
): Promise<boolean> {
  const hash = createHash(digestAlgorithm(digest))
  const reader = await store.read(digest)
  await reader.pipeTo(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        hash.update(chunk)
        pace(chunk.byteLength).then(() => done(), done)
      },
    }),
  )
  return hash.digest('hex') === digestHex(digest)
}

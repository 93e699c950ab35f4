import { createHash, hash as hashOf } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'

import { parseDigest, type Digest, type DigestAlgorithm } from '@/lib/domain/digest'

/** The digest of `bytes`. */
export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return parseDigest(`${algorithm}:${hashOf(algorithm, bytes)}`)
}

/** The digest of a file's entire content, read through one buffer. */
export async function digestOfFile(handle: FileHandle, algorithm: DigestAlgorithm): Promise<Digest> {
  const hash = createHash(algorithm)
  const buffer = Buffer.allocUnsafeSlow(1024 * 1024)
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.byteLength, position)
    if (bytesRead === 0) return parseDigest(`${algorithm}:${hash.digest('hex')}`)
    hash.update(buffer.subarray(0, bytesRead))
    position += bytesRead
  }
}

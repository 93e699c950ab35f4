import { createHash } from 'node:crypto'

const chunkBytes = 1024 * 1024

/** A blob that is never in memory as a whole: made again each time it is read. */
export interface GeneratedBlob {
  readonly sizeBytes: number
  readonly digest: string
  /** The bytes from `start` to before `end`. */
  read(start?: number, end?: number): Iterable<Uint8Array>
}

/** A blob of `sizeBytes` bytes that another `seed` makes another one. No two of its mebibytes are alike. */
export function generateBlob(seed: string, sizeBytes: number): GeneratedBlob {
  function* read(start = 0, end = sizeBytes): Iterable<Uint8Array> {
    let position = start
    while (position < end) {
      const index = Math.floor(position / chunkBytes)
      const chunk = Buffer.alloc(chunkBytes, `${seed} ${index} `)
      const from = position - index * chunkBytes
      const until = Math.min(chunkBytes, end - index * chunkBytes)
      yield chunk.subarray(from, until)
      position = index * chunkBytes + until
    }
  }
  const hash = createHash('sha256')
  for (const chunk of read()) hash.update(chunk)
  return { sizeBytes, digest: `sha256:${hash.digest('hex')}`, read }
}

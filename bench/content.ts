import { createHash } from 'node:crypto'

/** Media type of the manifests measured. */
export const manifestType = 'application/vnd.oci.image.manifest.v1+json'

/** The bytes that are sent repeatedly: the content of every blob. */
export const chunk = Buffer.alloc(1024 * 1024, 'stele')

const digests = new Map<number, string>()

/** The last computed hash, of the first `length` bytes. */
let longest = { length: 0, hash: createHash('sha256') }

/**
 * The digest of a blob with this length. It is computed before the measurement; when lengths grow, it continues from
 * the last hash.
 */
export function digestOfLength(length: number): string {
  const known = digests.get(length)
  if (known !== undefined) return known
  if (longest.length > length) longest = { length: 0, hash: createHash('sha256') }
  const { hash } = longest
  for (let done = longest.length; done < length;) {
    const start = done % chunk.length
    const part = chunk.subarray(start, start + length - done)
    hash.update(part)
    done += part.length
  }
  longest = { length, hash: hash.copy() }
  const digest = `sha256:${hash.digest('hex')}`
  digests.set(length, digest)
  return digest
}

/** A small image manifest with `content` and one blob of the repository. */
export function manifestOf(config: string, size: number, content: string): Buffer {
  const blob = { digest: config, size }
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...blob },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...blob }],
      annotations: { content },
    }),
  )
}

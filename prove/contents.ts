import { digestOf } from '@/e2e/digest'

/** The only blob: it is the config and every layer. Layers differ by what their descriptors say. */
export const blob = Buffer.from('{}')

/** The media type of every manifest. */
export const manifestType = 'application/vnd.oci.image.manifest.v1+json'

/** The names of what is pushed. The letters are layers (checker/history.ts). */
export const contents = ['a', 'ab', 'abc', 'b', 'ba', 'c'] as const

/** A manifest with its digest. */
interface Manifest {
  readonly bytes: Buffer
  readonly digest: string
}

const manifests = new Map<string, Manifest>(
  contents.map((name) => {
    const descriptor = { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(blob), size: blob.length }
    const layers = Array.from(name).map((letter) => ({ ...descriptor, annotations: { letter } }))
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config: descriptor, layers }))
    return [name, { bytes, digest: digestOf(bytes) }]
  }),
)

const names = new Map([...manifests].map(([name, { digest }]) => [digest, name]))

/** The manifest of a content. */
export function manifestOf(content: string): Manifest {
  return manifests.get(content) as Manifest
}

/** The name of a content by its digest; the digest itself where nobody pushed that. */
export function contentOf(digest: string): string {
  return names.get(digest) ?? digest
}

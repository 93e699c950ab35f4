import { createHash } from 'node:crypto'

/** A manifest with what it names, to be pushed: bytes like those of the real tools. */
export interface Pushable {
  readonly mediaType: string
  readonly digest: string
  readonly manifest: Buffer
  /** Config and layers. */
  readonly blobs: readonly Buffer[]
  /** The tag to push it under; null: by digest. */
  readonly tag: string | null
}

/** A descriptor of content, with fields of its own. */
export interface Part {
  readonly mediaType: string
  readonly bytes: Buffer
  readonly annotations?: Readonly<Record<string, string>>
}

export const imageType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'
export const configType = 'application/vnd.oci.image.config.v1+json'
export const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip'

/** The empty config of artifacts (OCI image-spec, "Guidance for an Empty Descriptor"). */
export const emptyConfig: Part = { mediaType: 'application/vnd.oci.empty.v1+json', bytes: Buffer.from('{}') }

/** The digest of bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** JSON as bytes. */
export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

/** What a manifest says of content. */
function descriptorOf({ mediaType, bytes, annotations }: Part) {
  return { mediaType, digest: digestOf(bytes), size: bytes.length, ...(annotations && { annotations }) }
}

/** What a subject or an index says of a manifest. */
export function descriptorOfManifest({ mediaType, digest, manifest }: Pushable) {
  return { mediaType, digest, size: manifest.length }
}

/** Makes a manifest with config and layers. */
export function manifestOf(
  config: Part,
  layers: readonly Part[],
  { tag = null, ...fields }: { readonly tag?: string | null } & Readonly<Record<string, unknown>> = {},
): Pushable {
  const manifest = json({
    schemaVersion: 2,
    mediaType: imageType,
    ...fields,
    config: descriptorOf(config),
    layers: layers.map(descriptorOf),
  })
  const blobs = [config.bytes, ...layers.map(({ bytes }) => bytes)]
  return { mediaType: imageType, digest: digestOf(manifest), manifest, blobs, tag }
}

/** Makes an index of these descriptors. */
export function indexOf(manifests: readonly object[], tag: string | null): Pushable {
  const manifest = json({ schemaVersion: 2, mediaType: indexType, manifests })
  return { mediaType: indexType, digest: digestOf(manifest), manifest, blobs: [], tag }
}

/** Sends one request, like `send` of e2e/registry/http.ts. */
type Send = (
  method: string,
  path: string,
  extras: { readonly headers?: Record<string, string>; readonly body?: Buffer },
) => Promise<{ readonly status: number; readonly body: Buffer }>

/** Pushes content to a repository, in order. `leaveOut`: digests of blobs that are not pushed. Throws when one is refused. */
export async function pushAll(
  send: Send,
  path: string,
  content: readonly Pushable[],
  leaveOut: readonly string[] = [],
): Promise<void> {
  for (const { mediaType, digest, manifest, blobs, tag } of content) {
    for (const bytes of blobs) {
      const blob = digestOf(bytes)
      if (leaveOut.includes(blob)) continue
      expectCreated(await send('POST', `/v2/${path}/blobs/uploads/?digest=${blob}`, { body: bytes }))
    }
    const headers = { 'content-type': mediaType }
    expectCreated(await send('PUT', `/v2/${path}/manifests/${tag ?? digest}`, { headers, body: manifest }))
  }
}

function expectCreated({ status, body }: Awaited<ReturnType<Send>>): void {
  if (status !== 201) throw new Error(`a push answered ${status}: ${body.toString().slice(0, 500)}`)
}

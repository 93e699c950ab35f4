import { digestOf } from './digest'

/** The media type of an OCI image's manifest. */
export const manifestType = 'application/vnd.oci.image.manifest.v1+json'

/** The manifest of an image with this config and one layer that is not compressed. */
export function imageManifest(config: Buffer, layer: Buffer): Buffer {
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: descriptorOf('application/vnd.oci.image.config.v1+json', config),
      layers: [descriptorOf('application/vnd.oci.image.layer.v1.tar', layer)],
    }),
  )
}

function descriptorOf(mediaType: string, content: Buffer) {
  return { mediaType, digest: digestOf(content), size: content.length }
}

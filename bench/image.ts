import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { tarOf } from '@/e2e/clients/tar'
import { digestOf } from '@/e2e/digest'
import { manifestType } from './content'

/** Content of a layer in bytes. It is random, so no smaller when compressed. */
const layerBytes = 512 * 1024

/**
 * Writes an image of `layers` layers, of which no registry has any, as an OCI layout with the tag `latest` into a new
 * folder. Docker can pull it.
 */
export async function writeImage(folder: string, layers: number): Promise<void> {
  const blobs = join(folder, 'blobs', 'sha256')
  await mkdir(blobs, { recursive: true })
  const write = async (mediaType: string, bytes: Buffer) => {
    const digest = digestOf(bytes)
    await writeFile(join(blobs, digest.slice('sha256:'.length)), bytes)
    return { mediaType, digest, size: bytes.length }
  }
  const tars = Array.from({ length: layers }, (_, at) =>
    tarOf(`file-${at}`, randomBytes(layerBytes / 2).toString('hex')),
  )
  const config = {
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: tars.map(digestOf) },
  }
  const ofImage = 'application/vnd.oci.image'
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: await write(`${ofImage}.config.v1+json`, json(config)),
    layers: await Promise.all(tars.map((tar) => write(`${ofImage}.layer.v1.tar+gzip`, gzipSync(tar, { level: 1 })))),
  }
  const entry = {
    ...(await write(manifestType, json(manifest))),
    annotations: { 'org.opencontainers.image.ref.name': 'latest' },
  }
  await writeFile(join(folder, 'index.json'), json({ schemaVersion: 2, manifests: [entry] }))
  await writeFile(join(folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }))
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

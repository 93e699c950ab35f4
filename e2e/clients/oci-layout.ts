import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { digestOf } from '../digest'
import { tarOf } from './tar'

interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly platform?: { readonly architecture: string; readonly os: string }
  readonly annotations?: Readonly<Record<string, string>>
}

const imageType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'

/** This machine's architecture, as images name it. */
export const architectureHere = process.arch === 'x64' ? 'amd64' : process.arch

/** What clients that exchange images with folders call an image: the layout's only tag. */
export const layoutTag = 'latest'

/**
 * Writes an image of one file with this content to `folder`, as an OCI image layout. Resolves with the image's digest,
 * which clients keep when they push it.
 */
export async function writeImageLayout(folder: string, content: string): Promise<string> {
  const image = await addImage(folder, content, architectureHere)
  await writeLayout(folder, image)
  return image.digest
}

/** Like `writeImageLayout`, with an index of one image for each architecture. Resolves with the index's digest. */
export async function writeIndexLayout(folder: string, contents: Readonly<Record<string, string>>): Promise<string> {
  const manifests: Descriptor[] = []
  for (const [architecture, content] of Object.entries(contents)) {
    manifests.push({ ...(await addImage(folder, content, architecture)), platform: { architecture, os: 'linux' } })
  }
  const index = await addBlob(folder, indexType, json({ schemaVersion: 2, mediaType: indexType, manifests }))
  await writeLayout(folder, index)
  return index.digest
}

/** The digest of what a client has written to `folder` as its only image. */
async function digestInLayout(folder: string): Promise<string> {
  const { manifests } = (await readJson(join(folder, 'index.json'))) as { manifests: Descriptor[] }
  const [image] = manifests
  if (image === undefined || manifests.length > 1) throw new Error(`${manifests.length} images in ${folder}`)
  return image.digest
}

/** The digest of the configuration of the only image in `folder`, whose bytes are there and are what it names. */
export async function configInLayout(folder: string): Promise<string> {
  const manifest = await readBlob(folder, await digestInLayout(folder))
  const { config, layers } = JSON.parse(manifest.toString()) as { config: Descriptor; layers: Descriptor[] }
  for (const { digest } of [config, ...layers]) await readBlob(folder, digest)
  return config.digest
}

async function readBlob(folder: string, digest: string): Promise<Buffer> {
  const content = await readFile(fileOf(folder, digest))
  if (digestOf(content) !== digest) throw new Error(`The bytes of ${digest} in ${folder} are others`)
  return content
}

async function addImage(folder: string, content: string, architecture: string): Promise<Descriptor> {
  const tar = tarOf('content', content)
  const rootfs = { type: 'layers', diff_ids: [digestOf(tar)] }
  const config = json({ architecture, os: 'linux', config: {}, rootfs })
  return addBlob(
    folder,
    imageType,
    json({
      schemaVersion: 2,
      mediaType: imageType,
      config: await addBlob(folder, 'application/vnd.oci.image.config.v1+json', config),
      layers: [await addBlob(folder, 'application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(tar))],
    }),
  )
}

async function addBlob(folder: string, mediaType: string, content: Buffer): Promise<Descriptor> {
  const digest = digestOf(content)
  await mkdir(join(folder, 'blobs', 'sha256'), { recursive: true })
  await writeFile(fileOf(folder, digest), content)
  return { mediaType, digest, size: content.length }
}

async function writeLayout(folder: string, image: Descriptor): Promise<void> {
  const named = { ...image, annotations: { 'org.opencontainers.image.ref.name': layoutTag } }
  await writeFile(join(folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }))
  await writeFile(join(folder, 'index.json'), json({ schemaVersion: 2, mediaType: indexType, manifests: [named] }))
}

function fileOf(folder: string, digest: string): string {
  return join(folder, 'blobs', ...digest.split(':'))
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'))
}

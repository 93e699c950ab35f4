import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestOf } from '@/lib/storage/hash'
import { type Answer, type TestRegistry, startTestRegistry } from '@/lib/testing/test-registry'

const name = 'test/example'
const imageType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'

let registry: TestRegistry
let close: () => Promise<void>

beforeAll(async () => ({ registry, close } = await startTestRegistry()))
afterAll(() => close())

const setImmutable = (tagImmutability: boolean) =>
  registry.ctx.db.prisma.repository.updateMany({ where: { path: name }, data: { tagImmutability } })

const remove = (kind: 'manifests' | 'blobs', digest: string) => registry.send('DELETE', `/v2/${name}/${kind}/${digest}`)

const codeOf = ({ status, json }: Answer) => [status, json.errors?.[0]?.detail?.['tags']]

/** Pushes an artifact about `subject` by digest; returns its digest and its layer's. */
async function attach(content: string, subject: string) {
  const image = await registry.image(content)
  const manifest = {
    ...(JSON.parse(image.bytes.toString()) as object),
    subject: { mediaType: imageType, digest: subject, size: 1 },
  }
  const bytes = Buffer.from(JSON.stringify(manifest))
  const digest = digestOf(bytes)
  expect((await registry.pushManifest(digest, bytes)).status).toBe(201)
  return { digest, layer: image.layer }
}

test('in an immutable repository a referrer of a protected image is as protected as the image, at any depth', async () => {
  const image = await registry.image('image')
  expect((await registry.pushManifest(image.digest, image.bytes)).status).toBe(201)
  const child = { mediaType: imageType, digest: image.digest, size: image.bytes.length }
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [child] }))
  expect((await registry.pushManifest('v1', index, { headers: { 'content-type': indexType } })).status).toBe(201)
  const signature = await attach('signature of the child', image.digest)
  const sbom = await attach('sbom of the index', digestOf(index))
  const signedSbom = await attach('signature of the sbom', sbom.digest)
  const other = await attach('of nothing', `sha256:${'5'.repeat(64)}`)

  await setImmutable(true)
  for (const { digest, layer } of [signature, sbom, signedSbom]) {
    expect(codeOf(await remove('manifests', digest))).toEqual([409, ['v1']])
    expect(codeOf(await remove('blobs', layer))).toEqual([409, ['v1']])
    expect((await registry.send('GET', `/v2/${name}/manifests/${digest}`)).status).toBe(200)
  }
  expect((await remove('manifests', other.digest)).status).toBe(202)

  await setImmutable(false)
  expect((await remove('manifests', signature.digest)).status).toBe(202)
})

test('a referrer of an image under latest only is not protected', async () => {
  const image = await registry.image('free')
  await registry.pushManifest('latest', image.bytes)
  const signature = await attach('signature of what is free', image.digest)
  await setImmutable(true)
  expect((await remove('manifests', signature.digest)).status).toBe(202)
})

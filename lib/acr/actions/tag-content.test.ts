import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { image, multiPlatformImage } from '@/e2e/content/images'
import {
  type Pushable,
  configType,
  descriptorOfManifest,
  indexOf,
  json,
  layerType,
  manifestOf,
  pushAll,
} from '@/e2e/content/pushable'
import { type AcrParameters, acrCaller, outcomeOf, runAction } from '@/lib/testing/test-acr'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'

/* What is inside the image of a tag, pushed through the registry. */

let doors: TestDoors
beforeAll(async () => {
  doors = await openTestDoors()
})
afterAll(() => doors.close())

const push = (content: readonly Pushable[]) =>
  pushAll((...request) => doors.registry.send(...request), 'test/example', content)

function ask(name: string, Tag: string, more: AcrParameters = {}) {
  const { instanceId: InstanceId, repositoryId: RepoId } = doors.params
  return runAction(doors.api.ctx, acrCaller('admin'), name, { InstanceId, RepoId, Tag, ...more })
}

const stepsOf = async (Tag: string, more: AcrParameters = {}) => {
  const { Layers } = await ask('GetRepoTagLayers', Tag, more)
  return (Layers as readonly Readonly<Record<string, unknown>>[]).map(({ LayerInstruction, LayerCMD }) => [
    LayerInstruction,
    LayerCMD,
  ])
}

/** The layers that are answered, without the steps that made none. */
async function digests(tag: string, more: AcrParameters = {}): Promise<string[]> {
  const { Layers } = await ask('GetRepoTagLayers', tag, more)
  const layers = Layers as readonly { readonly BlobDigest: string }[]
  return layers.map(({ BlobDigest }) => BlobDigest).filter((digest) => digest !== '')
}

function layersOf(pushed: Pushable | undefined): string[] {
  const manifest = JSON.parse(String(pushed?.manifest)) as { readonly layers: readonly { readonly digest: string }[] }
  return manifest.layers.map(({ digest }) => digest)
}

describe('GetRepoTagManifest', () => {
  test('is the manifest that was pushed', async () => {
    const pushed = image({ tag: 'v1', architecture: 'arm64', variant: 'v8' })
    await push([pushed])
    const { config, layers } = JSON.parse(pushed.manifest.toString()) as {
      readonly config: { readonly digest: string; readonly size: number }
      readonly layers: readonly { readonly digest: string; readonly size: number; readonly mediaType: string }[]
    }
    const { Manifest } = await ask('GetRepoTagManifest', 'v1', { SchemaVersion: '2' })
    expect(Manifest).toMatchObject({
      SchemaVersion: 2,
      Name: 'test/example',
      Tag: 'v1',
      Architecture: 'arm64',
      MediaType: pushed.mediaType,
      Config: { MediaType: configType, Digest: config.digest, Size: config.size },
      Layers: layers.map(({ digest, size, mediaType }) => ({ Digest: digest, Size: size, MediaType: mediaType })),
    })
    expect(layers).toHaveLength(3)
  })

  test('has neither config nor layers for an index', async () => {
    const { index, all } = multiPlatformImage('multi')
    await push(all)
    const { Manifest } = await ask('GetRepoTagManifest', 'multi')
    expect(Manifest).toMatchObject({
      MediaType: index.mediaType,
      Architecture: '',
      Config: { MediaType: '', Size: 0, Digest: '' },
      Layers: [],
    })
  })

  test('has no schema 1', async () => {
    const asked = ask('GetRepoTagManifest', 'v1', { SchemaVersion: '1' })
    expect(await outcomeOf(asked)).toBe('BAD_REQUEST SchemaVersion')
  })
})

describe('GetRepoTagLayers', () => {
  test('are the steps of the build, with the layers that they made', async () => {
    const pushed = image({ tag: 'v2' })
    await push([pushed])
    const { Layers } = await ask('GetRepoTagLayers', 'v2')
    expect(Layers).toMatchObject(
      [
        ['ADD', 'alpine-minirootfs-3.22.1-x86_64.tar.gz /'],
        ['CMD', '["/bin/sh"]'],
        ['ENV', 'VERSION=1.0.0'],
        ['RUN', '/bin/sh -c apk add --no-cache tini ca-certificates'],
        ['COPY', 'dist/ /app/'],
        ['EXPOSE', '[8080/tcp 9090/tcp]'],
        ['ENTRYPOINT', '["/usr/bin/tini" "--"]'],
      ].map(([LayerInstruction, LayerCMD], LayerIndex) => ({ LayerIndex, LayerInstruction, LayerCMD })),
    )
    const layers = Layers as readonly { readonly BlobDigest: string; readonly BlobSize: number }[]
    const made = layers.filter(({ BlobDigest }) => BlobDigest !== '')
    const { layers: pushedLayers } = JSON.parse(pushed.manifest.toString()) as {
      readonly layers: readonly { readonly digest: string; readonly size: number }[]
    }
    expect(made.map(({ BlobDigest, BlobSize }) => [BlobDigest, BlobSize])).toEqual(
      pushedLayers.map(({ digest, size }) => [digest, size]),
    )
    expect(layers.filter(({ BlobDigest }) => BlobDigest === '').map(({ BlobSize }) => BlobSize)).toEqual([0, 0, 0, 0])
  })

  test('of an index are those of its first image, or of the one that is asked for', async () => {
    const { all, images } = multiPlatformImage('many', { version: '9' })
    await push(all)
    expect(await digests('many')).toEqual(layersOf(images[0]))
    const arm = images[1]?.digest ?? ''
    expect(await digests('many', { Digest: arm })).toEqual(layersOf(images[1]))
    expect(await digests('many', { Digest: arm.slice('sha256:'.length) })).toEqual(layersOf(images[1]))
  })

  test('of an index are not those of an attestation, nor of an image that is not there', async () => {
    await doors.api.ctx.db.prisma.namespace.updateMany({ data: { acceptSparseManifests: true } })
    const { images, attestations } = multiPlatformImage('', { version: '10' })
    const [missing, there] = images
    const children = [attestations[0], missing, there].map((child, at) => ({
      ...descriptorOfManifest(child as Pushable),
      ...(at === 0 && { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } }),
    }))
    await push([attestations[0], there, indexOf(children, 'sparse')] as Pushable[])
    expect(await digests('sparse')).toEqual(layersOf(there))
  })

  test('are what Docker’s old builder writes, too, and what has no known form', async () => {
    const history = [
      '/bin/sh -c #(nop) ADD file:abc in / ',
      '/bin/sh -c #(nop)  CMD ["sh"]',
      '/bin/sh -c make\n install',
      'something else',
      '',
    ].map((created_by) => ({ created_by }))
    const layer = { mediaType: layerType, bytes: Buffer.from('layer') }
    const config = { mediaType: configType, bytes: json({ os: 'linux', architecture: 'amd64', history }) }
    await push([manifestOf(config, Array<typeof layer>(5).fill(layer), { tag: 'old' })])
    expect(await stepsOf('old')).toEqual([
      ['ADD', 'file:abc in /'],
      ['CMD', '["sh"]'],
      ['RUN', 'make\n install'],
      ['RUN', 'something else'],
      ['', ''],
    ])
  })

  test('are no more than an answer may hold', async () => {
    const created_by = `RUN ${'x'.repeat(4000)}`
    const history = Array.from({ length: 240 }, () => ({ created_by }))
    const layer = { mediaType: layerType, bytes: Buffer.from('layer') }
    const config = { mediaType: configType, bytes: json({ os: 'linux', architecture: 'amd64', history }) }
    await push([manifestOf(config, Array<typeof layer>(240).fill(layer), { tag: 'huge' })])
    const answer = JSON.stringify(await ask('GetRepoTagLayers', 'huge'))
    expect(answer.length).toBeGreaterThan(400_000)
    expect(answer.length).toBeLessThan(700_000)
  })

  test.each([
    ['NOT_FOUND tag', 'nobody', {}],
    ['NOT_FOUND tag', 'v2', { Digest: 'a'.repeat(64) }],
    ['BAD_REQUEST Digest', 'v2', { Digest: 'nobody' }],
    ['BAD_REQUEST Tag', '', {}],
  ])('%s for %s %o', async (expected, tag, more: AcrParameters) => {
    expect(await outcomeOf(ask('GetRepoTagLayers', tag, more))).toBe(expected)
  })
})

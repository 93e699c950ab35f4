import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  cosignAttestation,
  cosignBundle,
  cosignSbom,
  cosignSignature,
  helmChart,
  notationSignature,
  orasArtifact,
  sbomReferrer,
  slsaProvenance,
} from '@/e2e/content/attached'
import { image, imageOfLargeConfig, imageOfManyLayers, multiPlatformImage } from '@/e2e/content/images'
import {
  type Part,
  type Pushable,
  configType,
  digestOf,
  indexOf,
  json,
  layerType,
  manifestOf,
  pushAll,
} from '@/e2e/content/pushable'
import { type ManifestDetailsView, manifestDetails } from '@/lib/api/schemas/manifests'
import { holdMaxMs, leastHold } from '@/lib/testing/event-loop'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'

/* What is inside a manifest, pushed through the registry and asked for at the REST API. */

let doors: TestDoors

beforeAll(async () => {
  doors = await openTestDoors()
  await doors.api.ctx.db.prisma.namespace.updateMany({ data: { acceptSparseManifests: true } })
})
afterAll(() => doors.close())

const push = (content: readonly Pushable[], leaveOut?: readonly string[]) =>
  pushAll((...request) => doors.registry.send(...request), 'test/example', content, leaveOut)

async function details(digest: string): Promise<ManifestDetailsView> {
  const params = { ...doors.params, digest }
  const { status, json: body } = await doors.api.call('GET', '/repositories/{repositoryId}/manifests/{digest}', params)
  expect(status).toBe(200)
  expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(1024 * 1024)
  return manifestDetails.parse(body)
}

async function pushed(content: Pushable, leaveOut?: readonly string[]): Promise<ManifestDetailsView> {
  await push([content], leaveOut)
  return details(content.digest)
}

/** An image whose config says `config`. */
function imageWith(config: object, layers: readonly Part[] = [{ mediaType: layerType, bytes: Buffer.from('layer') }]) {
  return manifestOf({ mediaType: configType, bytes: json({ os: 'linux', architecture: 'amd64', ...config }) }, layers)
}

describe('an image', () => {
  test('shows its layers with the commands that made them, and its config', async () => {
    const found = await pushed(image({ tag: 'v1' }))
    expect(found).toMatchObject({
      kind: 'image',
      isReadable: true,
      pushedBy: 'admin',
      tags: { items: ['v1'], totalCount: 1 },
      children: { items: [], totalCount: 0 },
      config: { state: 'read', mediaType: configType },
      image: {
        platform: 'linux/amd64',
        createdAt: '2026-11-20T09:30:00.123Z',
        user: '65532:65532',
        entrypoint: ['/usr/bin/tini', '--'],
        command: ['/app/server', '--listen', ':8080'],
        workingDirectory: '/app',
        stopSignal: 'SIGTERM',
        ports: ['8080/tcp', '9090/tcp'],
        volumes: ['/data'],
        environment: { totalCount: 2, items: [{ name: 'PATH' }, { name: 'VERSION', value: '1.0.0' }] },
        labels: { totalCount: 2 },
      },
      chart: null,
      referrerCount: 0,
    })
    expect(found.layers.items.map(({ digest, createdBy }) => [digest !== null, createdBy])).toEqual([
      [true, 'ADD alpine-minirootfs-3.22.1-x86_64.tar.gz / # buildkit'],
      [false, 'CMD ["/bin/sh"]'],
      [false, 'ENV VERSION=1.0.0'],
      [true, 'RUN /bin/sh -c apk add --no-cache tini ca-certificates # buildkit'],
      [true, 'COPY dist/ /app/ # buildkit'],
      [false, 'EXPOSE [8080/tcp 9090/tcp]'],
      [false, 'ENTRYPOINT ["/usr/bin/tini" "--"]'],
    ])
    expect(found.layers.items.filter(({ isPresent }) => isPresent)).toHaveLength(3)
  })

  test('of 120 layers is complete', async () => {
    const { layers } = await pushed(imageOfManyLayers('many'))
    expect([layers.totalCount, layers.items.length, layers.items[119]?.createdBy]).toEqual([
      120,
      120,
      'RUN /bin/sh -c make step-120 # buildkit',
    ])
  })

  test('is found by its tag', async () => {
    const content = image({ tag: 'by-tag', version: '2' })
    await push([content])
    const path = '/repositories/{repositoryId}/tags/{tag}/manifest'
    const { status, json: body } = await doors.api.call('GET', path, { ...doors.params, tag: 'by-tag' })
    expect([status, body]).toEqual([200, await details(content.digest)])
    expect((await doors.api.call('GET', path, { ...doors.params, tag: 'no-tag' })).status).toBe(404)
  })

  test('shows which layers the repository lacks', async () => {
    const content = image({ version: 'sparse' })
    const { layers } = await pushed(content, [digestOf(content.blobs[3] ?? Buffer.alloc(0))])
    expect(layers.items.flatMap(({ digest, isPresent }) => (digest === null ? [] : [isPresent]))).toEqual([
      true,
      true,
      false,
    ])
  })

  test('with a history of another length shows its layers without commands', async () => {
    const { layers } = await pushed(imageWith({ history: [{ created_by: 'RUN one' }, { created_by: 'RUN two' }] }))
    expect(layers).toMatchObject({ totalCount: 1, items: [{ createdBy: null, isPresent: true }] })
  })
})

test('an index shows its platforms, and its attestations with the image they are about', async () => {
  const { all, index, images, attestations } = multiPlatformImage('multi')
  await push(all)
  const { kind, children, config, layers } = await details(index.digest)
  expect([kind, config, layers.totalCount]).toEqual(['index', null, 0])
  expect(
    children.items.map((child) => [child.digest, child.kind, child.platform, child.attachedTo, child.isPresent]),
  ).toEqual([
    [images[0]?.digest, 'image', 'linux/amd64', null, true],
    [images[1]?.digest, 'image', 'linux/arm64', null, true],
    [attestations[0]?.digest, 'attestation', null, images[0]?.digest, true],
    [attestations[1]?.digest, 'attestation', null, images[1]?.digest, true],
  ])
  expect((await details(images[0]?.digest ?? '')).indexes).toEqual([index.digest])
})

test('a sparse index shows which manifests the repository lacks', async () => {
  const missing = image({ version: 'never pushed' })
  const index = indexOf(
    [
      {
        mediaType: missing.mediaType,
        digest: missing.digest,
        size: 10,
        platform: { os: 'linux', architecture: 's390x' },
      },
    ],
    null,
  )
  const { children } = await pushed(index)
  expect(children.items).toMatchObject([{ kind: 'image', platform: 'linux/s390x', sizeBytes: null, isPresent: false }])
})

test.each([
  ['a Helm chart', () => helmChart('1.2.3'), 'helmChart'],
  ['an ORAS artifact', () => orasArtifact('files', { 'readme.txt': 'hello' }), 'artifact'],
  ['a cosign signature', () => cosignSignature(image()), 'signature'],
  ['a cosign attestation', () => cosignAttestation(image()), 'provenance'],
  ['a cosign SBOM', () => cosignSbom(image()), 'sbom'],
  ['a cosign bundle', () => cosignBundle(image()), 'signature'],
  ['a notation signature', () => notationSignature(image()), 'signature'],
  ['an SPDX SBOM', () => sbomReferrer(image(), 'SPDX'), 'sbom'],
  ['a CycloneDX SBOM', () => sbomReferrer(image(), 'CycloneDX'), 'sbom'],
  ['SLSA provenance', () => slsaProvenance(image()), 'provenance'],
])('%s is known as what it is', async (_name, make, kind) => {
  expect(await pushed(make())).toMatchObject({ kind, isReadable: true })
})

test('a Helm chart shows what it says of itself', async () => {
  const found = await pushed(helmChart('2.0.0'))
  expect(found).toMatchObject({
    config: { state: 'read' },
    image: null,
    chart: {
      ...{ name: 'shop', version: '2.0.0', appVersion: '1.16.0', type: 'application', kubeVersion: '>=1.28.0-0' },
      ...{ home: 'https://shop.example.com', dependencies: ['postgresql 16.x.x'] },
    },
    annotations: { totalCount: 4 },
  })
})

test('an artifact shows its files', async () => {
  const { layers, config } = await pushed(orasArtifact('two', { 'readme.txt': 'one', '../settings.json': '{}' }))
  expect(config?.state).toBe('none')
  expect(layers.items.map(({ title, createdBy }) => [title, createdBy])).toEqual([
    ['readme.txt', null],
    ['../settings.json', null],
  ])
})

describe('a config', () => {
  test('of 1 MiB is read, and what it says is cut', async () => {
    const { config, image: read } = await pushed(imageOfLargeConfig('large-config'))
    expect(config?.sizeBytes).toBeGreaterThan(1024 * 1024)
    expect(config?.state).toBe('read')
    expect(read?.labels.totalCount).toBe(1024)
    expect(read?.labels.items.length).toBeGreaterThan(50)
    expect(read?.labels.items.length).toBeLessThan(1024)
  })

  test.each([
    ['is larger than is read', 'tooLarge', configType, Buffer.alloc(2 * 1024 * 1024, ' ')],
    ['is no JSON', 'unreadable', configType, Buffer.from('{')],
    ['is no object', 'unreadable', configType, Buffer.from('[]')],
    ['is not UTF-8', 'unreadable', configType, Buffer.from([0x22, 0xff, 0x22])],
    ['nests too deeply', 'unreadable', configType, Buffer.from('['.repeat(500_000) + ']'.repeat(500_000))],
    ['has too many values', 'unreadable', configType, Buffer.from(`{"a":[${'0,'.repeat(500_000)}0]}`)],
    ['is of an unknown type', 'unknownType', 'application/vnd.example.config', Buffer.from('{"Env":["A=b"]}')],
  ])('that %s is not shown', async (_name, state, mediaType, bytes) => {
    const found = await pushed(manifestOf({ mediaType, bytes }, [{ mediaType: layerType, bytes: Buffer.from('l') }]))
    expect(found).toMatchObject({ isReadable: true, config: { state, sizeBytes: bytes.length }, image: null })
    expect(found.layers.totalCount).toBe(1)
  })

  test('that the repository lacks is not read, although another repository has it', async () => {
    const content = imageWith({ author: 'secret' })
    const [config = Buffer.alloc(0)] = content.blobs
    const other = await doors.api.call('POST', '/instances/{instanceId}/repositories', doors.params, {
      body: { namespace: 'test', name: 'other' },
    })
    expect(other.status).toBe(201)
    await pushAll((...request) => doors.registry.send(...request), 'test/other', [content])
    const found = await pushed(content, [digestOf(config)])
    expect(found).toMatchObject({ config: { state: 'missing' }, image: null })
  })

  test('with fields of wrong types shows the others', async () => {
    const config = {
      created: '0001-01-01T00:00:00Z',
      author: 7,
      config: {
        User: {},
        Entrypoint: 'sh',
        Cmd: ['a', 1, null],
        ExposedPorts: ['80'],
        Env: { A: 'b' },
        Labels: ['x'],
        WorkingDir: '/ok',
      },
      history: [{ created: 'yesterday', created_by: ['x'], empty_layer: 'no' }],
    }
    const { image: read, layers } = await pushed(imageWith(config))
    expect(read).toEqual({
      ...{ platform: 'linux/amd64', createdAt: null, author: null, user: null, entrypoint: null, command: ['a'] },
      ...{ workingDirectory: '/ok', stopSignal: null, ports: [], volumes: [] },
      ...{ environment: { items: [], totalCount: 0 }, labels: { items: [], totalCount: 0 } },
    })
    expect(layers.items).toMatchObject([{ createdBy: null, createdAt: null }])
  })

  test('full of hostile values is cut, with the number of all', async () => {
    const many = Array.from({ length: 10_000 }, (_, at) => at)
    const long = '\u0001"\\é'.repeat(8_000)
    const config = Buffer.from(
      `{"os":"linux","architecture":"amd64","config":{"Env":${JSON.stringify([long, ...many.map((at) => `V${at}=${at}`)])},` +
        `"Labels":{"__proto__":"polluted",${many.map((at) => `"l${at}":"${at}"`).join(',')}}},` +
        `"history":${JSON.stringify([...many.map(() => ({ created_by: long.slice(0, 10), empty_layer: true })), { created_by: 'last' }])}}`,
    )
    const found = await pushed(
      manifestOf({ mediaType: configType, bytes: config }, [{ mediaType: layerType, bytes: Buffer.from('l') }]),
    )
    expect(found.image?.environment).toMatchObject({ totalCount: 10_001 })
    expect(found.image?.labels).toMatchObject({ totalCount: 10_001 })
    expect(found.image?.labels.items[0]).toEqual({ name: '__proto__', value: 'polluted' })
    expect(found.layers.totalCount).toBe(10_001)
    expect(found.layers.items.length).toBeGreaterThan(1000)
  })
})

test('bytes that are no manifest are said to be unreadable', async () => {
  const content = image({ version: 'damaged', tag: 'damaged' })
  await push([content])
  const { digest } = content
  for (const damage of [Buffer.from('{"schemaVersion":2'), Buffer.alloc(10)]) {
    await doors.api.ctx.db.prisma.manifest.updateMany({ where: { digest }, data: { content: damage } })
    expect(await details(digest)).toMatchObject({
      ...{ isReadable: false, kind: 'image', config: null, image: null, tags: { items: ['damaged'] } },
      ...{ layers: { items: [], totalCount: 0 }, annotations: { items: [], totalCount: 0 } },
    })
  }
})

test('a digest that the repository lacks, or that is none, is not found', async () => {
  for (const digest of [digestOf(Buffer.from('nothing')), 'latest', '../x', 'sha256:']) {
    const params = { ...doors.params, digest }
    expect((await doors.api.call('GET', '/repositories/{repositoryId}/manifests/{digest}', params)).status).toBe(404)
  }
})

test('the largest manifests and configs do not hold up other requests', { timeout: 120_000 }, async () => {
  const layers = Array.from({ length: 2500 }, (_, at) => ({
    ...{ mediaType: layerType, digest: digestOf(Buffer.from(String(at))), size: 1 },
    annotations: { filler: 'x'.repeat(1450) },
  }))
  const config = Buffer.from(`{"config":{"Labels":{${'"a":"b",'.repeat(90_000)}"c":"d"}}}`.padEnd(1024 * 1024))
  const whole = json({
    ...{ schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', layers },
    config: { mediaType: configType, digest: digestOf(config), size: config.length },
  })
  const content = {
    ...{ mediaType: 'application/vnd.oci.image.manifest.v1+json', manifest: whole, digest: digestOf(whole) },
    ...{ blobs: [config], tag: 'largest' },
  }
  expect(whole.length).toBeGreaterThan(4_000_000)
  await push([content])
  const hold = await leastHold(() => Promise.resolve(() => details(content.digest)))
  expect(hold).toBeLessThan(holdMaxMs)
  expect((await details(content.digest)).layers).toMatchObject({ totalCount: 2500 })
})

test('an index of 2,500 attestations does not hold up other requests', { timeout: 120_000 }, async () => {
  const digestOfNumber = (at: number) => digestOf(Buffer.from(`child ${at}`))
  const children = Array.from({ length: 2500 }, (_, at) => ({
    ...{ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digestOfNumber(at), size: 1 },
    platform: { os: 'linux', architecture: `a${at}` },
    annotations: {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': digestOfNumber(at + 1),
      filler: 'x'.repeat(1200),
    },
  }))
  const index = indexOf(children, null)
  await push([index])
  const row = await doors.api.ctx.db.prisma.manifest.findFirstOrThrow({ where: { digest: index.digest } })
  await doors.api.ctx.db.prisma.manifest.createMany({
    data: children.map(({ digest }) => ({
      ...row,
      digest,
      content: Buffer.from('{}'),
      totalSizeBytes: 2,
      annotations: null,
    })),
  })
  const attachments = '/repositories/{repositoryId}/manifests/{digest}/attachments'
  const params = { ...doors.params, digest: index.digest }
  const hold = await leastHold(() =>
    Promise.resolve(async () => {
      await details(index.digest)
      await doors.api.call('GET', attachments, params, { query: '?pageSize=100' })
    }),
  )
  expect(hold).toBeLessThan(holdMaxMs)
  expect(await details(index.digest)).toMatchObject({ referrerCount: 2500, children: { totalCount: 2500 } })
})

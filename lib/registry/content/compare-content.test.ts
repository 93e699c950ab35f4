import { afterAll, beforeAll, expect, test } from 'vitest'
import { helmChart } from '@/e2e/content/attached'
import { image, imageOfLargeConfig, multiPlatformImage } from '@/e2e/content/images'
import {
  type Pushable,
  configType,
  digestOf,
  imageType,
  json,
  layerType,
  manifestOf,
  pushAll,
} from '@/e2e/content/pushable'
import { type ComparisonView, comparison } from '@/lib/api/schemas/comparison'
import { holdMaxMs, leastHold } from '@/lib/testing/event-loop'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'

let doors: TestDoors

beforeAll(async () => {
  doors = await openTestDoors()
  await doors.api.ctx.db.prisma.namespace.updateMany({ data: { acceptSparseManifests: true } })
})
afterAll(() => doors.close())

const push = (content: readonly Pushable[]) =>
  pushAll((...request) => doors.registry.send(...request), 'test/example', content)

async function ask(query: Readonly<Record<string, string>>) {
  const call = { query: `?${new URLSearchParams(query).toString()}` }
  return doors.api.call('GET', '/repositories/{repositoryId}/comparison', doors.params, call)
}

async function compare(before: string, after: string, platform?: string): Promise<ComparisonView> {
  const { status, json: body } = await ask({ before, after, ...(platform !== undefined && { platform }) })
  expect(status).toBe(200)
  expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(1024 * 1024)
  return comparison.parse(body)
}

test('two images differ in what was changed, and in nothing else', async () => {
  const before = image({ tag: 'v1.0.0', environment: ['LOG_LEVEL=info', 'OLD=1'], labels: { team: 'checkout' } })
  const after = image({
    tag: 'v1.1.0',
    version: '1.1.0',
    environment: ['LOG_LEVEL=warn'],
    labels: { team: 'checkout' },
  })
  await push([before, after])
  const found = await compare('v1.0.0', after.digest)
  expect(found).toMatchObject({
    before: { digest: before.digest, tag: 'v1.0.0', kind: 'image', pushedBy: 'admin' },
    after: { digest: after.digest, tag: null },
    platform: 'linux/amd64',
    isTruncated: false,
  })
  expect(found.layers.map(({ difference, createdBy }) => [difference, createdBy?.split(' ')[0]])).toEqual([
    ['same', 'ADD'],
    ['same', 'RUN'],
    ['removed', 'COPY'],
    ['added', 'COPY'],
  ])
  const differences = [...found.config, ...found.environment, ...found.labels].filter(
    ({ difference }) => difference !== 'same',
  )
  expect(differences).toEqual([
    { name: 'LOG_LEVEL', difference: 'changed', before: 'info', after: 'warn' },
    { name: 'OLD', difference: 'removed', before: '1', after: null },
    { name: 'VERSION', difference: 'changed', before: '1.0.0', after: '1.1.0' },
    { name: 'org.opencontainers.image.version', difference: 'changed', before: '1.0.0', after: '1.1.0' },
  ])
  expect(found.config.find(({ name }) => name === 'entrypoint')?.before).toBe('["/usr/bin/tini","--"]')
  const { layers, config } = JSON.parse(after.manifest.toString()) as {
    layers: { size: number }[]
    config: { size: number }
  }
  expect(found.pulledBytes).toBe((layers[2]?.size ?? 0) + config.size)
})

test('images of several platforms are compared by one, without their attestations', async () => {
  const before = multiPlatformImage('multi-1')
  const after = multiPlatformImage('multi-2', { version: '2.0.0' })
  const single = image({ tag: 'arm-only', architecture: 'arm64' })
  await push([...before.all, ...after.all, single])
  const found = await compare('multi-1', 'multi-2')
  expect(found.platforms.map(({ platform, difference }) => [platform, difference])).toEqual([
    ['linux/amd64', 'changed'],
    ['linux/arm64', 'changed'],
  ])
  expect([found.platform, found.differenceCount > 2]).toEqual(['linux/amd64', true])
  expect((await compare('multi-1', 'multi-2', 'linux/arm64')).platform).toBe('linux/arm64')

  const one = await compare('multi-1', 'arm-only')
  expect(one.platform).toBe('linux/arm64')
  expect(one.platforms.map(({ platform, difference }) => [platform, difference])).toEqual([
    ['linux/amd64', 'removed'],
    ['linux/arm64', 'same'],
  ])
  expect(one.layers.every(({ difference }) => difference === 'same')).toBe(true)
  expect((await compare('arm-only', 'multi-1', 'linux/amd64')).layers.map(({ difference }) => difference)).toEqual([
    ...['added', 'added', 'added'],
  ])
})

test('a tag compared with itself is the same', async () => {
  await push([image({ tag: 'same' }), imageOfLargeConfig('large')])
  expect(await compare('same', 'same')).toMatchObject({ differenceCount: 0, pulledBytes: 0, isTruncated: false })
  expect(await compare('large', 'large')).toMatchObject({ differenceCount: 0, pulledBytes: 0 })
})

test('charts differ in what they say of themselves', async () => {
  await push([helmChart('1.0.0'), helmChart('2.0.0')])
  const { config, layers } = await compare('1.0.0', '2.0.0')
  expect(config.filter(({ difference }) => difference !== 'same')).toEqual([
    { name: 'version', difference: 'changed', before: '1.0.0', after: '2.0.0' },
  ])
  expect(layers.map(({ difference }) => difference)).toEqual(['same'])
})

test('what cannot be read is said to be left out', async () => {
  const damaged = image({ tag: 'damaged', version: 'damaged' })
  await push([image({ tag: 'whole' }), damaged])
  const { digest } = damaged
  await doors.api.ctx.db.prisma.manifest.updateMany({ where: { digest }, data: { content: Buffer.from('{') } })
  expect(await compare('whole', 'damaged')).toMatchObject({ isTruncated: true })
})

test('a tag, a digest or a platform that is not there is refused', async () => {
  await push([image({ tag: 'v1' })])
  for (const after of ['nothing', digestOf(Buffer.from('nothing')), '../x']) {
    expect((await ask({ before: 'v1', after })).status).toBe(404)
  }
  const { status, json: body } = await ask({ before: 'v1', after: 'v1', platform: 'windows/amd64' })
  expect([status, body.errors[0]?.path]).toEqual([400, 'platform'])
  expect((await ask({ before: 'v1' })).status).toBe(400)
})

test('the largest images do not hold up other requests', { timeout: 120_000 }, async () => {
  const largest = (name: string): Pushable => {
    const config = Buffer.from(
      JSON.stringify({
        config: { Env: Array.from({ length: 45_000 }, (_, at) => `${name}${at}=${at}`) },
        history: Array.from({ length: 2500 }, (_, at) => ({ created_by: `RUN ${at}` })),
      }).padEnd(1024 * 1024),
    )
    const layers = Array.from({ length: 2500 }, (_, at) => ({
      ...{ mediaType: layerType, digest: digestOf(Buffer.from(`${name} ${at}`)), size: 1 },
      annotations: { filler: 'x'.repeat(1450) },
    }))
    const manifest = json({
      ...{ schemaVersion: 2, mediaType: imageType, layers },
      config: { mediaType: configType, digest: digestOf(config), size: config.length },
    })
    return { mediaType: imageType, manifest, digest: digestOf(manifest), blobs: [config], tag: name }
  }
  await push([largest('a'), largest('b'), manifestOf({ mediaType: configType, bytes: json({}) }, [])])
  const hold = await leastHold(() => Promise.resolve(() => compare('a', 'b')))
  expect(hold).toBeLessThan(holdMaxMs)
  expect(await compare('a', 'b')).toMatchObject({ isTruncated: true, pulledBytes: 2500 + 1024 * 1024 })
})

import { describe, expect, test } from 'vitest'
import { annotationsOfChildren, parseManifest, platformOfConfig } from './manifest'

const imageType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'
const digest = (letter: string) => `sha256:${letter.repeat(64)}`
const blob = (letter: string, size: number, more: object = {}) => ({
  mediaType: 'application/vnd.oci.image.layer.v1.tar',
  digest: digest(letter),
  size,
  ...more,
})
const image = {
  schemaVersion: 2,
  config: blob('c', 10, { mediaType: 'application/vnd.oci.image.config.v1+json' }),
  layers: [blob('1', 100), blob('2', 200), blob('1', 100)],
}

function parse(json: unknown, contentType?: string) {
  return parseManifest(Buffer.from(JSON.stringify(json)), contentType)
}

describe('parseManifest', () => {
  test('an image: its blobs once each, their bytes, its config', () => {
    expect(parse(image, imageType)).toEqual({
      mediaType: imageType,
      artifactType: 'application/vnd.oci.image.config.v1+json',
      subjectDigest: null,
      annotations: {},
      references: [
        { digest: digest('c'), kind: 'CONFIG', descriptors: expect.any(Map) as unknown },
        { digest: digest('1'), kind: 'LAYER', descriptors: expect.any(Map) as unknown },
        { digest: digest('2'), kind: 'LAYER', descriptors: expect.any(Map) as unknown },
      ],
      statedSizes: new Map([
        [digest('c'), 10],
        [digest('1'), 100],
        [digest('2'), 200],
      ]),
      childBlobs: new Set(),
      foreignDigests: new Set(),
      referencedBytes: 310n,
      platforms: [],
      imageConfigDigest: digest('c'),
    })
  })

  test('an index: its children and their platforms, attestations aside', () => {
    const child = (letter: string, platform?: object) => ({ ...blob(letter, 1), mediaType: imageType, platform })
    const parsed = parse(
      {
        schemaVersion: 2,
        artifactType: 'application/x',
        annotations: { a: 'b' },
        subject: blob('5', 1),
        manifests: [
          child('1', { os: 'linux', architecture: 'amd64' }),
          child('2', { os: 'linux', architecture: 'arm', variant: 'v7' }),
          child('3', { os: 'unknown', architecture: 'unknown' }),
          child('4'),
        ],
      },
      indexType,
    )
    expect(parsed).toMatchObject({
      artifactType: 'application/x',
      subjectDigest: digest('5'),
      annotations: { a: 'b' },
      platforms: ['linux/amd64', 'linux/arm/v7'],
      imageConfigDigest: null,
    })
    expect(parsed.references.map(({ kind }) => kind)).toEqual(Array(4).fill('MANIFEST'))
  })

  test('the Content-Type counts, without its parameters; without one the body’s mediaType', () => {
    expect(parse(image, `${imageType.toUpperCase()}; charset=utf-8`).mediaType).toBe(imageType)
    expect(parse({ ...image, mediaType: imageType }).mediaType).toBe(imageType)
    expect(() => parse(image)).toThrow(/no media type/)
    expect(() => parse({ ...image, mediaType: indexType }, imageType)).toThrow(/is not the Content-Type/)
    expect(() => parse(image, 'application/json')).toThrow(/not supported/)
  })

  test('an artifact type that is empty counts as missing: an image has its config’s, an index none', () => {
    expect(parse({ ...image, artifactType: '' }, imageType).artifactType).toBe(image.config.mediaType)
    expect(parse({ schemaVersion: 2, artifactType: '' }, indexType).artifactType).toBeNull()
  })

  test('only nondistributable layers with URLs may be elsewhere', () => {
    const foreign = 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip'
    const urls = ['https://example.com']
    const layers = [
      blob('1', 1, { mediaType: foreign, urls }),
      blob('2', 1, { mediaType: foreign, urls: [] }),
      blob('3', 1, { urls }),
      blob('4', 1, { mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', urls }),
      blob('5', 1, { mediaType: `${foreign}x`, urls }),
    ]
    expect(parse({ ...image, layers }, imageType).foreignDigests).toEqual(new Set([digest('1'), digest('4')]))
  })

  test('children of an index that are not manifests are blobs, and count with their size', () => {
    const manifests = [
      { ...blob('1', 5), mediaType: imageType },
      blob('2', 7),
      blob('2', 7),
      { ...blob('3', 1), mediaType: undefined },
    ]
    const parsed = parse({ schemaVersion: 2, manifests }, indexType)
    expect(parsed.childBlobs).toEqual(new Set([digest('2')]))
    expect(parsed.referencedBytes).toBe(7n)
  })

  describe('has one reading', () => {
    const docker = 'application/vnd.docker.distribution.manifest.v2+json'
    const list = 'application/vnd.docker.distribution.manifest.list.v2+json'
    const index = { schemaVersion: 2, manifests: [{ ...blob('1', 1), mediaType: imageType }] }
    test.each([
      ['an image pushed as an index', image, indexType, /an index has no field config/],
      ['an index with layers', { ...index, layers: [] }, indexType, /an index has no field layers/],
      ['an image with manifests', { ...image, manifests: [] }, imageType, /an image has no field manifests/],
      ['an image with fields of schema 1', { ...image, fsLayers: [] }, imageType, /an image has no field fsLayers/],
      ['a Docker image without its type', image, docker, /must have a mediaType field/],
      ['a Docker list without its type', index, list, /must have a mediaType field/],
      ['another type than Content-Type', { ...image, mediaType: docker }, imageType, /is not the Content-Type/],
      ['an empty type', { ...image, mediaType: '' }, imageType, /is not the Content-Type/],
    ])('%s is refused', (_, json, type, message) => {
      expect(() => parse(json, type)).toThrow(message)
    })

    test('null counts as absent, as in Go', () => {
      expect(parse({ ...image, manifests: null }, imageType).references).toHaveLength(3)
    })
  })

  test.each([
    ['two sizes of one digest', [blob('1', 1), blob('1', 2)]],
    ['sizes that no client can add up', [blob('1', Number.MAX_SAFE_INTEGER), blob('2', Number.MAX_SAFE_INTEGER)]],
    ['a size beyond what a client can count', [blob('1', 2 ** 53)]],
  ])('%s is refused', (_, layers) => {
    expect(() => parse({ ...image, layers }, imageType)).toThrow(/manifest invalid/)
  })

  test('what other tools write is taken: null lists, unknown fields, annotations that are no text', () => {
    const odd = { ...image, layers: null, subject: null, annotations: { nested: {} }, 'com.example': 1 }
    expect(parse(odd, imageType)).toMatchObject({ annotations: {}, subjectDigest: null })
    expect(parse({ schemaVersion: 2, manifests: null }, indexType).references).toEqual([])
  })

  test('an annotation named __proto__ is kept', () => {
    const text = JSON.stringify({ ...image, annotations: {} }).replace(
      '"annotations":{}',
      '"annotations":{"__proto__":"x"}',
    )
    const { annotations } = parseManifest(Buffer.from(text), imageType)
    expect(Object.entries(annotations)).toEqual([['__proto__', 'x']])
  })

  test.each([
    ['an absent config', { ...image, config: undefined }, /config/],
    ['a layer without digest', { ...image, layers: [{ size: 1 }] }, /layers\.0\.digest/],
    ['a digest of another form', { ...image, layers: [{ digest: 'md5:1', size: 1 }] }, /"md5:1" is not a digest/],
    ['a size that is no number of bytes', { ...image, layers: [blob('1', 1.5)] }, /layers\.0\.size/],
    ['schema 1', { ...image, schemaVersion: 1 }, /schemaVersion/],
    ['a list', [], /expected/i],
  ])('%s is refused, and the message says where', (_, json, message) => {
    expect(() => parse(json, imageType)).toThrow(message)
  })
})

describe('annotationsOfChildren', () => {
  test('are those of an index, by digest; what are none, or are no texts, is empty', () => {
    const manifests = [
      { digest: 'a', annotations: { x: 'y' } },
      { digest: 'b' },
      { digest: 'c', annotations: { x: 1 } },
    ]
    expect(annotationsOfChildren(Buffer.from(JSON.stringify({ manifests })))).toEqual(
      new Map([
        ['a', { x: 'y' }],
        ['b', {}],
        ['c', {}],
      ]),
    )
    for (const other of ['not json', '{}', '{"manifests":[1]}']) {
      expect(annotationsOfChildren(Buffer.from(other)).size).toBe(0)
    }
  })
})

describe('platformOfConfig', () => {
  test.each([
    ['{"os":"li\\u0000nux","architecture":"amd,64"}', 'linux/amd64'],
    ['{"os":"linux","architecture":"amd64"}', 'linux/amd64'],
    ['{"os":"linux","architecture":"arm","variant":"v7"}', 'linux/arm/v7'],
    ['{"os":"linux"}', null],
    ['{"os":1,"architecture":"amd64"}', null],
    ['not json', null],
    ['', null],
  ])('%s: %s', (config, platform) => {
    expect(platformOfConfig(Buffer.from(config))).toBe(platform)
  })
})

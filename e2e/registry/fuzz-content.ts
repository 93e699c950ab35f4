import fc from 'fast-check'
import type { KnownRepository } from './fuzz-model'
import { digestLike } from './fuzz-model'

/** JSON that says a platform, or that is odd where a platform is looked for. */
const configs = [
  '{"os":"linux","architecture":"amd64"}',
  '{"os":"linux","architecture":"arm","variant":"v7"}',
  '{"os":"a\\u0000b","architecture":"\\ud800"}',
  '{"os":1,"architecture":{}}',
  `{"os":"${'o'.repeat(5000)}","architecture":"é日本"}`,
  '['.repeat(20_000),
  '{"__proto__":{"os":"linux","architecture":"amd64"}}',
  '{}',
]

/** Blobs to push: the same few again and again, so that pushes, mounts and manifests meet. */
export const contents: readonly Buffer[] = [
  ...configs.map((text) => Buffer.from(text)),
  ...[0, 1, 2, 10, 100, 1000, 5000, 20_000].map((size) => Buffer.alloc(size, `content of ${size} bytes, `)),
  Buffer.from([0x00, 0xff, 0xfe, 0x80, 0x0d, 0x0a, 0x0d, 0x0a]),
  Buffer.from('GET /v2/ HTTP/1.1\r\nHost: smuggled\r\n\r\n'),
  Buffer.alloc(70_000, 'more than a read of a socket'),
  Buffer.alloc(300_000, 'several reads'),
]

/** One of `contents`; the large ones seldom. */
export const content: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...contents.slice(0, -2)) },
  { weight: 1, arbitrary: fc.constantFrom(...contents) },
)

const wellFormedDigests = contents.flatMap((bytes) => [
  digestLike('sha256:', bytes),
  ...(bytes.length < 100 ? [digestLike('sha512:', bytes)] : []),
])

/** What stands where a digest should, and is none, or one of nothing. */
const oddDigests = [
  `sha256:${'0'.repeat(64)}`,
  `sha512:${'f'.repeat(128)}`,
  `sha256:${'A'.repeat(64)}`,
  `sha256:${'0'.repeat(63)}`,
  `sha256:${'0'.repeat(65)}`,
  `sha512:${'0'.repeat(64)}`,
  `sha384:${'0'.repeat(96)}`,
  `md5:${'0'.repeat(32)}`,
  `blake3+x.y-z_1:${'0'.repeat(64)}`,
  'sha256:',
  ':',
  'sha256',
  'sha256:baddigeststring',
  'sha256:../../../../etc/passwd',
  'sha256:%00',
  `sha256%3A${'0'.repeat(64)}`,
  `sha256%3a${'0'.repeat(64)}`,
  `sha256:${'0'.repeat(9000)}`,
  `__proto__:${'0'.repeat(64)}`,
]

/** Something made of what is known when its turn comes. */
export type Made<T> = (known: KnownRepository) => T

/** A digest: of a blob or a manifest of the repository, of a blob that may be there, or none at all. */
export const digest: fc.Arbitrary<Made<string>> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.nat(99).map(
      (index): Made<string> =>
        (known) =>
          pick([...known.blobs], index),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.nat(99).map(
      (index): Made<string> =>
        (known) =>
          pick([...known.manifests.keys()], index),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...wellFormedDigests).map(
      (text): Made<string> =>
        () =>
          text,
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...oddDigests).map(
      (text): Made<string> =>
        () =>
          text,
    ),
  },
)

/** The element that `index` falls on; a digest of nothing where there is none. */
function pick(list: readonly string[], index: number): string {
  return list[index % Math.max(list.length, 1)] ?? `sha256:${'0'.repeat(64)}`
}

/** Texts of JSON values that are not what a manifest has there. */
const oddValues = [
  'null',
  'true',
  '0',
  '1',
  '-1',
  '1.5',
  '-0',
  '1e400',
  '-1e400',
  '9007199254740993',
  '18446744073709551616',
  '1e21',
  '""',
  '"x"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u202e\\ufeff"',
  `"${'long '.repeat(4000)}"`,
  '[]',
  '{}',
  '[null]',
  '[[],{}]',
  '{"__proto__":{"x":1},"constructor":{"prototype":{}}}',
  '{"a":"first","a":"second"}',
  `${'['.repeat(3000)}${']'.repeat(3000)}`,
  `${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`,
  '{"k\\u0000ey":"v\\u0000alue"}',
  '{"":""}',
  '"sha256:x"',
  '"application/json"',
  '"../../other"',
  '"\'; DROP TABLE \\"Tag\\"; --"',
  '[1,"2",{"digest":3}]',
  '{"digest":"sha256:0","size":-5,"mediaType":7}',
  // Beyond the limits of a manifest: layers, annotations, values.
  `[${Array.from({ length: 2501 }, () => '{}').join()}]`,
  `{${Array.from({ length: 1001 }, (_, index) => `"${index}":""`).join()}}`,
  `[${Array.from({ length: 125_001 }, () => '""').join()}]`,
]

const places = [
  'schemaVersion',
  'mediaType',
  'artifactType',
  'annotations',
  'annotations.key',
  'subject',
  'subject.digest',
  'subject.size',
  'config',
  'config.mediaType',
  'config.digest',
  'config.size',
  'layers',
  'layers.0',
  'layers.0.digest',
  'layers.0.size',
  'layers.0.urls',
  'layers.0.mediaType',
  'manifests',
  'manifests.0',
  'manifests.0.digest',
  'manifests.0.size',
  'manifests.0.platform',
  'manifests.0.platform.os',
  'manifests.0.artifactType',
  '__proto__',
  'data',
  // Keys that Go takes for others.
  'Layers',
  'layer\u017f',
  'config.Digest',
  'layers.0.\u017fize',
  'manifests.0.DIGEST',
]

const mediaTypes = {
  image: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  docker: 'application/vnd.docker.distribution.manifest.v2+json',
  list: 'application/vnd.docker.distribution.manifest.list.v2+json',
} as const

/** A manifest to push, and the type to push it with. */
export interface MadeManifest {
  readonly content: Buffer
  readonly mediaType: string
}

interface Shape {
  readonly kind: keyof typeof mediaTypes
  readonly references: readonly Made<string>[]
  readonly subject: Made<string> | null
  readonly note: number
  readonly oddities: readonly (readonly [string, string])[]
  readonly isImageConfig: boolean
}

const shape: fc.Arbitrary<Shape> = fc.record({
  kind: fc.constantFrom('image', 'image', 'image', 'index', 'docker', 'list'),
  references: fc.array(digest, { maxLength: 3 }),
  subject: fc.option(digest, { freq: 3 }),
  note: fc.nat(20),
  oddities: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 2,
      arbitrary: fc.array(fc.tuple(fc.constantFrom(...places), fc.constantFrom(...oddValues)), { maxLength: 2 }),
    },
  ),
  isImageConfig: fc.boolean(),
})

/** Bytes that are no manifest at all. */
const oddBytes = [
  '',
  ' ',
  '{',
  '{}',
  '[]',
  'null',
  '"text"',
  '\ufeff{}',
  '{"schemaVersion":1,"fsLayers":[]}',
  '['.repeat(100_000),
  '{"schemaVersion":2,'.repeat(3),
  '\0'.repeat(50),
].map((text) => Buffer.from(text))
const invalidUtf8 = Buffer.concat([
  Buffer.from('{"schemaVersion":2,"x":"'),
  Buffer.from([0xc3, 0x28]),
  Buffer.from('"}'),
])

/** A manifest: mostly one that a client would push; else with an odd value or two, or nothing like it. */
export const manifest: fc.Arbitrary<Made<MadeManifest>> = fc.oneof(
  {
    weight: 12,
    arbitrary: shape.map(
      (made): Made<MadeManifest> =>
        (known) =>
          build(made, known),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...oddBytes, invalidUtf8)
      .map((bytes): Made<MadeManifest> => () => ({ content: bytes, mediaType: mediaTypes.image })),
  },
)

function build(
  { kind, references, subject, note, oddities, isImageConfig }: Shape,
  known: KnownRepository,
): MadeManifest {
  const descriptors = references.map((make) =>
    descriptorOf(known, make(known), 'application/vnd.oci.image.layer.v1.tar'),
  )
  const [first = descriptorOf(known, pick([...known.blobs], note), 'application/vnd.oci.empty.v1+json'), ...others] =
    descriptors
  const configType = isImageConfig ? 'application/vnd.oci.image.config.v1+json' : 'application/vnd.oci.empty.v1+json'
  const isIndex = kind === 'index' || kind === 'list'
  const children = descriptors.map((child) => ({ ...child, platform: { os: 'linux', architecture: 'amd64' } }))
  const tree: Record<string, unknown> = {
    schemaVersion: 2,
    mediaType: mediaTypes[kind],
    ...(isIndex ? { manifests: children } : { config: { ...first, mediaType: configType }, layers: others }),
    ...(subject === null ? {} : { subject: descriptorOf(known, subject(known), mediaTypes.image) }),
    annotations: { note: String(note) },
  }
  const raw = new Map<string, string>()
  for (const [place, value] of oddities) {
    const token = `odd ${raw.size}`
    raw.set(JSON.stringify(token), value)
    put(tree, place.split('.'), token)
  }
  const text = JSON.stringify(tree).replace(/"odd [0-9]+"/g, (token) => raw.get(token) ?? token)
  return { content: Buffer.from(text), mediaType: mediaTypes[kind] }
}

function descriptorOf(known: KnownRepository, of: string, mediaType: string) {
  const content =
    contents.find((bytes) => digestLike(of, bytes) === of) ?? known.manifests.get(of)?.content ?? Buffer.alloc(7)
  return { mediaType, digest: of, size: content.length }
}

/** Puts `value` where `path` leads, if there is anything on the way. */
function put(tree: unknown, path: readonly string[], value: string): void {
  const [key = '', ...rest] = path
  if (typeof tree !== 'object' || tree === null) return
  if (rest.length > 0) put(Object.getOwnPropertyDescriptor(tree, key)?.value, rest, value)
  else Object.defineProperty(tree, key, { value, enumerable: true, writable: true, configurable: true })
}

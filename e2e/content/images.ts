import {
  type Part,
  type Pushable,
  configType,
  descriptorOfManifest,
  digestOf,
  indexOf,
  json,
  layerType,
  manifestOf,
} from './pushable'

/* Images as buildx pushes them. */

const created = '2026-11-20T09:30:00.123456789Z'

/** What an image is made of; all of it has a default. */
interface ImageOptions {
  readonly architecture?: string
  readonly variant?: string
  /** What is different from one version to another. */
  readonly version?: string
  readonly environment?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly tag?: string | null
}

/** An image of three layers and four steps that made none. */
export function image(options: ImageOptions = {}): Pushable {
  const { architecture = 'amd64', variant, version = '1.0.0', environment = [], labels = {}, tag = null } = options
  const layers = [`base ${architecture}`, `packages ${architecture}`, `application ${architecture} ${version}`].map(
    layerOf,
  )
  return manifestOf(
    configOf({
      architecture,
      variant,
      config: {
        User: '65532:65532',
        ExposedPorts: { '8080/tcp': {}, '9090/tcp': {} },
        Env: [
          'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          `VERSION=${version}`,
          ...environment,
        ],
        Entrypoint: ['/usr/bin/tini', '--'],
        Cmd: ['/app/server', '--listen', ':8080'],
        Volumes: { '/data': {} },
        WorkingDir: '/app',
        Labels: {
          'org.opencontainers.image.source': 'https://git.example.com/team/shop',
          'org.opencontainers.image.version': version,
          ...labels,
        },
        StopSignal: 'SIGTERM',
      },
      layers,
      history: [
        {
          created,
          created_by: 'ADD alpine-minirootfs-3.22.1-x86_64.tar.gz / # buildkit',
          comment: 'buildkit.dockerfile.v0',
        },
        { created, created_by: 'CMD ["/bin/sh"]', comment: 'buildkit.dockerfile.v0', empty_layer: true },
        { created, created_by: `ENV VERSION=${version}`, comment: 'buildkit.dockerfile.v0', empty_layer: true },
        {
          created,
          created_by: 'RUN /bin/sh -c apk add --no-cache tini ca-certificates # buildkit',
          comment: 'buildkit.dockerfile.v0',
        },
        { created, created_by: 'COPY dist/ /app/ # buildkit', comment: 'buildkit.dockerfile.v0' },
        { created, created_by: 'EXPOSE [8080/tcp 9090/tcp]', comment: 'buildkit.dockerfile.v0', empty_layer: true },
        {
          created,
          created_by: 'ENTRYPOINT ["/usr/bin/tini" "--"]',
          comment: 'buildkit.dockerfile.v0',
          empty_layer: true,
        },
      ],
    }),
    layers,
    { tag },
  )
}

/** An image of several platforms, each with SBOM and provenance, as `docker buildx build --sbom --provenance` makes it. */
export interface MultiPlatformImage {
  readonly index: Pushable
  readonly images: readonly Pushable[]
  readonly attestations: readonly Pushable[]
  /** In the order to push them. */
  readonly all: readonly Pushable[]
}

/** An image for linux/amd64 and linux/arm64. */
export function multiPlatformImage(
  tag: string,
  options: Omit<ImageOptions, 'architecture' | 'tag'> = {},
): MultiPlatformImage {
  const images = ['amd64', 'arm64'].map((architecture) => image({ ...options, architecture }))
  const attestations = images.map((subject) => attestationOf(subject))
  const index = indexOf(
    [
      ...images.map((child, at) => ({
        ...descriptorOfManifest(child),
        platform: { architecture: at === 0 ? 'amd64' : 'arm64', os: 'linux' },
      })),
      ...attestations.map((child, at) => ({
        ...descriptorOfManifest(child),
        annotations: {
          'vnd.docker.reference.digest': images[at]?.digest,
          'vnd.docker.reference.type': 'attestation-manifest',
        },
        platform: { architecture: 'unknown', os: 'unknown' },
      })),
    ],
    tag,
  )
  return { index, images, attestations, all: [...images, ...attestations, index] }
}

/** An image of 120 layers, each with its command. */
export function imageOfManyLayers(tag: string, count = 120): Pushable {
  const layers = Array.from({ length: count }, (_, at) => layerOf(`layer ${at}`))
  const history = layers.map((_, at) => ({ created, created_by: `RUN /bin/sh -c make step-${at + 1} # buildkit` }))
  return manifestOf(configOf({ architecture: 'amd64', layers, history }), layers, { tag })
}

/** An image whose config has 1 MiB and a little. */
export function imageOfLargeConfig(tag: string): Pushable {
  const layers = [layerOf('small')]
  const labels = Object.fromEntries(
    Array.from({ length: 1024 }, (_, at) => [`part-${at}`, String(at % 10).repeat(1010)]),
  )
  return manifestOf(configOf({ architecture: 'amd64', layers, history: [], config: { Labels: labels } }), layers, {
    tag,
  })
}

function layerOf(content: string): Part {
  return { mediaType: layerType, bytes: Buffer.from(`${content}\n`) }
}

function configOf({
  layers,
  ...fields
}: { readonly layers: readonly Part[] } & Readonly<Record<string, unknown>>): Part {
  const rootfs = { type: 'layers', diff_ids: layers.map(({ bytes }) => digestOf(bytes)) }
  return { mediaType: configType, bytes: json({ created, os: 'linux', ...fields, rootfs }) }
}

/** BuildKit's attestation manifest: an image whose layers are in-toto statements. */
function attestationOf({ digest }: Pushable): Pushable {
  const layers = [
    statement('https://spdx.dev/Document', digest, { spdxVersion: 'SPDX-2.3', name: 'sbom', packages: [] }),
    statement('https://slsa.dev/provenance/v0.2', digest, { buildType: 'https://mobyproject.org/buildkit@v1' }),
  ]
  const rootfs = { type: 'layers', diff_ids: layers.map(({ bytes }) => digestOf(bytes)) }
  return manifestOf(
    { mediaType: configType, bytes: json({ architecture: 'unknown', os: 'unknown', config: {}, rootfs }) },
    layers,
  )
}

function statement(predicateType: string, digest: string, predicate: object): Part {
  const subject = [{ name: 'pkg:docker/shop@1.0.0', digest: { sha256: digest.slice('sha256:'.length) } }]
  return {
    mediaType: 'application/vnd.in-toto+json',
    bytes: json({ _type: 'https://in-toto.io/Statement/v0.1', predicateType, subject, predicate }),
    annotations: { 'in-toto.io/predicate-type': predicateType },
  }
}

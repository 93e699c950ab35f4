// Images and other artifacts for pictures of the console: real ones, as buildx, cosign, notation, Syft, Helm and oras
// make them, and hostile ones, with names and lists as long as the registry accepts.
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'

const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'
const configType = 'application/vnd.oci.image.config.v1+json'
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip'
const emptyType = 'application/vnd.oci.empty.v1+json'
const inTotoType = 'application/vnd.in-toto+json'

const KiB = 1024

/** The steps of the build: what made them, and the size of their layer in KiB; 0: no layer. */
const baseSteps = [
  ['ADD alpine-minirootfs-3.22.2.tar.gz / # buildkit', 3686],
  ['CMD ["/bin/sh"]', 0],
  [
    'RUN /bin/sh -c addgroup -g 65532 app && adduser -D -u 65532 -G app app && apk add --no-cache libstdc++ tini ca-certificates tzdata && update-ca-certificates # buildkit',
    5324,
  ],
  ['RUN /bin/sh -c curl -fsSL "$NODE_URL" | tar -xJ -C /usr --strip-components=1 && node --version # buildkit', 20480],
]

const ownSteps = (install) => [
  ['WORKDIR /app', 0],
  ['COPY --chown=app:app package.json package-lock.json ./ # buildkit', 212],
  [`RUN /bin/sh -c ${install} # buildkit`, 6451],
  ['COPY --chown=app:app . . # buildkit', 1536],
  ['USER 65532:65532', 0],
  ['EXPOSE map[8080/tcp:{}]', 0],
  ['ENTRYPOINT ["/usr/bin/node" "server.js"]', 0],
]

/** Two releases of a service for two platforms, with signatures, SBOMs and provenance; a chart and a policy bundle. */
export async function pushRealImages(registry, path) {
  const before = await pushRelease(registry, path, {
    ...{ version: '1.9.2', revision: '7be0412c96df30a8e15b4d2c7f9a0e6138b5cd24', install: 'npm ci --omit=dev' },
    ...{ entrypoint: ['/usr/bin/node', '--inspect=0.0.0.0', 'server.js'] },
    env: ['NODE_ENV=production', 'NODE_VERSION=22.11.0', 'LOG_LEVEL=info', 'STATSD_HOST=statsd.platform.svc'],
  })
  const release = await pushRelease(registry, path, {
    ...{ version: '1.9.3', revision: 'a41c9e7d05b2f8836ce9417a0b6d52f3e8c17094' },
    ...{ install: 'npm ci --omit=dev --ignore-scripts', entrypoint: ['/usr/bin/node', 'server.js'] },
    env: [
      ...['NODE_ENV=production', 'NODE_VERSION=22.11.0', 'LOG_LEVEL=warn'],
      'OTEL_EXPORTER_OTLP_ENDPOINT=http://otel-collector.platform.svc:4317',
    ],
  })
  for (const digest of [before, release]) await signAndDescribe(registry, path, digest)
  await pushArtifact(registry, path, {
    tag: 'chart-1.4.0',
    config: [
      'application/vnd.cncf.helm.config.v1+json',
      {
        ...{ apiVersion: 'v2', name: 'shop', version: '1.4.0', appVersion: '1.9.3', type: 'application' },
        ...{ description: 'The shop with its workers', home: 'https://shop.example.com', kubeVersion: '>=1.29.0-0' },
        dependencies: [{ name: 'postgresql', version: '16.2.x', repository: 'oci://registry.example.com/charts' }],
      },
    ],
    files: [['application/vnd.cncf.helm.chart.content.v1.tar+gzip', Buffer.alloc(18 * KiB, 'chart')]],
  })
  await pushArtifact(registry, path, {
    ...{ tag: 'policy-bundle', artifactType: 'application/vnd.example.policy.bundle.v2' },
    files: [
      ['application/vnd.example.policy.layer.v2+json', json({ allow: true }), 'policies/admission.json'],
      ['text/markdown', Buffer.from('# Policies\n'), 'README.md'],
    ],
  })
}

/** What is hard to show: the longest names, many platforms, many layers, many attachments. */
export async function pushHostileImages(registry, path) {
  const long = (start) => start.padEnd(128, '-and-so-on-for-as-long-as-a-tag-may-be').slice(0, 121) + '-a1b2c3'
  await pushBuild(registry, path, {
    tag: long('release-2026.11.28-feature-checkout-with-a-very-long-branch-name'),
    steps: Array.from({ length: 120 }, (_, at) => [
      `RUN /bin/sh -c step-${at + 1} --with ${'a-long-argument '.repeat((at % 7) + 1)}`,
      at % 5 === 0 ? 0 : 1 + at,
    ]),
    platforms: ['linux/amd64'],
    config: {
      Env: Array.from(
        { length: 60 },
        (_, at) => `VARIABLE_NUMBER_${at}=${'value-without-any-space'.repeat((at % 9) + 1)}`,
      ),
      Labels: Object.fromEntries(
        Array.from({ length: 40 }, (_, at) => [
          `com.example.${'deeply.nested.'.repeat((at % 6) + 1)}label-${at}`,
          `${at}`.repeat(80),
        ]),
      ),
    },
  })
  const many = await pushBuild(registry, path, {
    tag: long('all-platforms'),
    steps: [['ADD rootfs.tar / # buildkit', 40]],
    platforms: [
      ...['linux/amd64', 'linux/arm64/v8', 'linux/arm/v7', 'linux/arm/v6', 'linux/386', 'linux/ppc64le', 'linux/s390x'],
      ...['linux/riscv64', 'linux/loong64', 'linux/mips64le', 'windows/amd64', 'freebsd/amd64', 'freebsd/arm64'],
    ],
    config: {},
  })
  for (let number = 1; number <= 30; number += 1) {
    await pushArtifact(registry, path, {
      artifactType: `application/vnd.example.${'very.long.'.repeat(20)}attachment.v${number}+json`,
      subject: many,
      files: [['application/json', json({ number }), `${'report-'.repeat(16)}${number}.json`]],
    })
  }
  await pushArtifact(registry, path, {
    ...{ tag: '0', artifactType: `application/vnd.example.${'x'.repeat(220)}` },
    files: [['application/octet-stream', Buffer.from('x'), `${'a'.repeat(120)}.bin`]],
  })
}

/** A release as buildx pushes it: an index of images, each with an attestation. Returns the digest of the index. */
function pushRelease(registry, path, { version, revision, install, entrypoint, env }) {
  return pushBuild(registry, path, {
    tag: `v${version}`,
    steps: [...baseSteps, ...ownSteps(install)],
    platforms: ['linux/amd64', 'linux/arm64'],
    isAttested: true,
    config: {
      ...{ User: '65532:65532', WorkingDir: '/app', Entrypoint: entrypoint, Cmd: ['--port', '8080'] },
      ExposedPorts: { '8080/tcp': {} },
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...env],
      Labels: {
        'org.opencontainers.image.source': 'https://github.com/acme/shop',
        'org.opencontainers.image.revision': revision,
        'org.opencontainers.image.version': version,
        'org.opencontainers.image.base.name': 'platform/base-node:22.11',
        'com.acme.team': 'checkout',
      },
    },
  })
}

async function pushBuild(registry, path, { tag, steps, platforms, config, isAttested = false }) {
  const manifests = []
  for (const platform of platforms) {
    const [os, architecture, variant] = platform.split('/')
    const layers = []
    for (const [createdBy, kib] of steps) {
      if (kib === 0) continue
      const bytes = Buffer.alloc(Math.round(kib * KiB), `${createdBy} ${architecture}\n`)
      layers.push(await pushBlob(registry, path, bytes, layerType))
    }
    const created = '2026-11-19T10:27:46Z'
    const image = await pushManifest(registry, path, {
      mediaType: manifestType,
      config: await pushBlob(
        registry,
        path,
        json({
          ...{ created, architecture, os, ...(variant && { variant }), config },
          rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
          history: steps.map(([created_by, kib]) => ({ created, created_by, ...(kib === 0 && { empty_layer: true }) })),
        }),
        configType,
      ),
      layers,
    })
    manifests.push({ ...image, platform: { architecture, os, ...(variant && { variant }) } })
  }
  if (isAttested) {
    for (const image of [...manifests]) manifests.push(await pushAttestation(registry, path, image))
  }
  const [only] = manifests
  if (manifests.length === 1) {
    await registry('PUT', `/${path}/manifests/${tag}`, only.bytes, manifestType)
    return only.digest
  }
  const children = manifests.map(({ bytes, ...descriptor }) => ({ ...descriptor, size: bytes.length }))
  const index = await pushManifest(registry, path, { mediaType: indexType, manifests: children }, tag)
  return index.digest
}

/** BuildKit's attestation of an image: provenance and SBOM in one manifest, a child of the same index. */
async function pushAttestation(registry, path, image) {
  const layers = []
  for (const predicateType of ['https://slsa.dev/provenance/v1', 'https://spdx.dev/Document']) {
    const statement = json({ _type: 'https://in-toto.io/Statement/v0.1', predicateType, subject: [], predicate: {} })
    const layer = await pushBlob(registry, path, statement, inTotoType)
    layers.push({ ...layer, annotations: { 'in-toto.io/predicate-type': predicateType } })
  }
  const config = json({
    architecture: 'unknown',
    os: 'unknown',
    config: {},
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  })
  const manifest = await pushManifest(registry, path, {
    mediaType: manifestType,
    config: await pushBlob(registry, path, config, configType),
    layers,
  })
  return {
    ...manifest,
    annotations: {
      'vnd.docker.reference.digest': image.digest,
      'vnd.docker.reference.type': 'attestation-manifest',
    },
    platform: { architecture: 'unknown', os: 'unknown' },
  }
}

async function signAndDescribe(registry, path, subject) {
  await pushArtifact(registry, path, {
    ...{ artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json', subject },
    annotations: { 'dev.sigstore.bundle.content': 'message-signature' },
    files: [
      [
        'application/vnd.dev.sigstore.bundle.v0.3+json',
        json({ mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json', messageSignature: {} }),
      ],
    ],
  })
  await pushArtifact(registry, path, {
    ...{ config: ['application/vnd.cncf.notary.signature', {}], subject },
    annotations: { 'io.cncf.notary.x509chain.thumbprint#S256': '["7c1e90ab"]' },
    files: [['application/jose+json', json({ payload: 'e30', protected: 'e30', signature: 'AA' })]],
  })
  await pushArtifact(registry, path, {
    ...{ artifactType: 'application/spdx+json', subject },
    files: [['application/spdx+json', json({ spdxVersion: 'SPDX-2.3', name: path, packages: [] }), 'sbom.spdx.json']],
  })
  await pushArtifact(registry, path, {
    ...{ artifactType: 'application/vnd.cyclonedx+json', subject },
    files: [['application/vnd.cyclonedx+json', json({ bomFormat: 'CycloneDX', specVersion: '1.6' }), 'bom.cdx.json']],
  })
}

/** Pushes a manifest of files, as oras does. Without a tag it is found by its subject. */
async function pushArtifact(registry, path, { tag, artifactType, config, subject, annotations, files }) {
  const layers = []
  for (const [mediaType, bytes, title] of files) {
    const layer = await pushBlob(registry, path, bytes, mediaType)
    layers.push({ ...layer, ...(title && { annotations: { 'org.opencontainers.image.title': title } }) })
  }
  const [type, content] = config ?? [emptyType, {}]
  const manifest = {
    mediaType: manifestType,
    ...(artifactType && { artifactType }),
    config: await pushBlob(registry, path, json(content), type),
    layers,
    ...(subject && { subject: { mediaType: indexType, digest: subject, size: 1 } }),
    annotations: { 'org.opencontainers.image.created': '2026-11-19T10:31:02Z', ...annotations },
  }
  await pushManifest(registry, path, manifest, tag)
}

async function pushManifest(registry, path, manifest, tag) {
  const bytes = json({ schemaVersion: 2, ...manifest })
  const digest = digestOf(bytes)
  await registry('PUT', `/${path}/manifests/${tag ?? digest}`, bytes, manifest.mediaType)
  return { mediaType: manifest.mediaType, digest, size: bytes.length, bytes }
}

async function pushBlob(registry, path, bytes, mediaType) {
  const digest = digestOf(bytes)
  await registry('POST', `/${path}/blobs/uploads/?digest=${digest}`, bytes, 'application/octet-stream')
  return { mediaType, digest, size: bytes.length }
}

function json(value) {
  return Buffer.from(JSON.stringify(value))
}

function digestOf(bytes) {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

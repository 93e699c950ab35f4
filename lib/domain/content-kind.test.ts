import { describe, expect, test } from 'vitest'
import { formatOf, kindOf, technicalTagOf } from './content-kind'

const image = 'application/vnd.oci.image.manifest.v1+json'
const index = 'application/vnd.oci.image.index.v1+json'
const dockerImage = 'application/vnd.docker.distribution.manifest.v2+json'
const dockerList = 'application/vnd.docker.distribution.manifest.list.v2+json'
const imageConfig = 'application/vnd.oci.image.config.v1+json'
const bundle = 'application/vnd.dev.sigstore.bundle.v0.3+json'
const inToto = 'application/vnd.in-toto+json'

const bundleOf = (predicateType: string) => ({
  annotations: {
    'dev.sigstore.bundle.content': 'dsse-envelope',
    'dev.sigstore.bundle.predicateType': predicateType,
  },
})
const buildKit = (...predicates: string[]) => ({
  contents: predicates.map((type) => ({ mediaType: inToto, annotations: { 'in-toto.io/predicate-type': type } })),
})
const layers = (...types: string[]) => ({ contents: types.map((mediaType) => ({ mediaType })) })

describe('what a manifest is', () => {
  test.each([
    ['an OCI image', image, imageConfig, {}, 'image', null],
    ['a Docker image', dockerImage, 'application/vnd.docker.container.image.v1+json', {}, 'image', null],
    ['a Docker image whose config has no type', dockerImage, null, {}, 'image', null],
    ['an index', index, null, {}, 'index', null],
    ['a Docker list', dockerList, null, {}, 'index', null],
    ['a Helm chart', image, 'application/vnd.cncf.helm.config.v1+json', {}, 'helmChart', 'Helm'],
    ['a notation signature', image, 'application/vnd.cncf.notary.signature', {}, 'signature', 'Notary Project'],
    ['a cosign referrer', image, 'application/vnd.dev.cosign.artifact.sig.v1+json', {}, 'signature', 'cosign'],
    ['a bundle without annotations', image, bundle, {}, 'signature', 'Sigstore bundle'],
    [
      'an older bundle',
      image,
      'application/vnd.dev.sigstore.bundle+json;version=0.2',
      {},
      'signature',
      'Sigstore bundle',
    ],
    ['cosign 3 sign', image, bundle, bundleOf('https://sigstore.dev/cosign/sign/v1'), 'signature', 'cosign'],
    ['GitHub provenance', image, bundle, bundleOf('https://slsa.dev/provenance/v1'), 'provenance', 'SLSA'],
    ['an attested SBOM', image, bundle, bundleOf('https://cyclonedx.org/bom'), 'sbom', 'CycloneDX'],
    ['another predicate', image, bundle, bundleOf('https://example.com/test/v1'), 'attestation', 'in-toto'],
    [
      'a bundle of unknown predicate',
      image,
      bundle,
      { annotations: { 'dev.sigstore.bundle.content': 'dsse-envelope' } },
      'attestation',
      'in-toto',
    ],
    ['SPDX as a referrer', image, 'application/spdx+json', {}, 'sbom', 'SPDX'],
    ['CycloneDX as a referrer', image, 'application/vnd.cyclonedx+json; version=1.5', {}, 'sbom', 'CycloneDX'],
    ['Syft', image, 'application/vnd.syft+json', {}, 'sbom', 'Syft'],
    [
      "Harbor's SBOM",
      image,
      'application/vnd.goharbor.harbor.sbom.v1',
      layers('application/spdx+json'),
      'sbom',
      'SPDX',
    ],
    ['an SBOM of unknown format', image, 'sbom/example', {}, 'sbom', null],
    ['SARIF', image, 'application/sarif+json', {}, 'scan', 'SARIF'],
    [
      'a report of vulnerabilities',
      image,
      'application/vnd.security.vulnerability.report; version=1.1',
      {},
      'scan',
      null,
    ],
    [
      'a cosign vulnerability predicate',
      image,
      bundle,
      bundleOf('https://cosign.sigstore.dev/attestation/vuln/v1'),
      'scan',
      'in-toto',
    ],
    ['BuildKit provenance', image, imageConfig, buildKit('https://slsa.dev/provenance/v0.2'), 'provenance', 'SLSA'],
    [
      'BuildKit SBOM',
      image,
      imageConfig,
      buildKit('https://spdx.dev/Document', 'https://spdx.dev/Document'),
      'sbom',
      'SPDX',
    ],
    [
      'BuildKit SBOM and provenance',
      image,
      imageConfig,
      buildKit('https://spdx.dev/Document', 'https://slsa.dev/provenance/v1'),
      'attestation',
      'in-toto',
    ],
    [
      'BuildKit as an OCI artifact',
      image,
      'application/vnd.docker.attestation.manifest.v1+json',
      {},
      'attestation',
      'in-toto',
    ],
    [
      'cosign .sig',
      image,
      imageConfig,
      layers('application/vnd.dev.cosign.simplesigning.v1+json'),
      'signature',
      'cosign',
    ],
    [
      'cosign .att',
      image,
      imageConfig,
      {
        contents: [
          {
            mediaType: 'application/vnd.dsse.envelope.v1+json',
            annotations: { predicateType: 'https://slsa.dev/provenance/v0.2' },
          },
        ],
      },
      'provenance',
      'SLSA',
    ],
    [
      'cosign .att without predicate',
      image,
      imageConfig,
      layers('application/vnd.dsse.envelope.v1+json'),
      'attestation',
      'in-toto',
    ],
    ['cosign .sbom', image, imageConfig, layers('text/spdx+json'), 'sbom', 'SPDX'],
    ['cosign .sig by its tag alone', image, imageConfig, { tag: `sha256-${'a'.repeat(64)}.sig` }, 'signature', null],
    [
      'an image under another technical tag',
      image,
      imageConfig,
      { tag: `sha256-${'a'.repeat(64)}.copy` },
      'image',
      null,
    ],
    [
      'an image with an SBOM among its layers',
      image,
      imageConfig,
      layers('application/vnd.oci.image.layer.v1.tar+gzip', 'application/spdx+json'),
      'image',
      null,
    ],
    ['a BuildKit cache as an image', image, 'application/vnd.buildkit.cacheconfig.v0', {}, 'cache', 'BuildKit'],
    [
      'a BuildKit cache as an index',
      index,
      null,
      layers('application/vnd.oci.image.layer.v1.tar+gzip', 'application/vnd.buildkit.cacheconfig.v0'),
      'cache',
      'BuildKit',
    ],
    ['an ORAS artifact', image, 'application/vnd.unknown.artifact.v1', {}, 'artifact', null],
    ['an empty config', image, 'application/vnd.oci.empty.v1+json', {}, 'artifact', null],
    ['nothing known', image, null, {}, 'artifact', null],
  ] as const)('%s', (_name, mediaType, artifactType, hints, kind, format) => {
    expect({ kind: kindOf(mediaType, artifactType, hints), format: formatOf(artifactType, hints) }).toEqual({
      kind,
      format,
    })
  })

  test('is found at once, whatever a pusher wrote', () => {
    const text = 'sbom-signature.'.repeat(100_000)
    const contents = Array.from({ length: 2500 }, () => ({ mediaType: text, annotations: { predicateType: text } }))
    const start = performance.now()
    kindOf(image, text, { annotations: { predicateType: text }, contents })
    expect(performance.now() - start).toBeLessThan(5_000)
  })
})

test('technical tags name what they belong to', () => {
  const hex = '0123456789abcdef'.repeat(4)
  const digest = `sha256:${hex}`
  expect(
    ['', '.sig', '.att', '.sbom', '.copy', '.constructor', '.v1.2'].map((end) => technicalTagOf(`sha256-${hex}${end}`)),
  ).toEqual(
    ['index', 'signature', 'attestation', 'sbom', 'artifact', 'artifact', 'artifact'].map((kind) => ({ digest, kind })),
  )
  expect(technicalTagOf(`sha512-${hex}`)).toEqual({ digest: null, kind: 'index' })
  for (const name of [
    'v1',
    'latest',
    `sha256-${hex}sig`,
    `sha256-${hex}.`,
    `sha256-${hex.slice(1)}`,
    `x-sha256-${hex}`,
    `sha256-${hex.toUpperCase()}.sig`,
  ]) {
    expect(technicalTagOf(name), name).toBeNull()
  }
})

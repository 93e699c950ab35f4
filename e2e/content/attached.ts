import {
  type Part,
  type Pushable,
  configType,
  descriptorOfManifest,
  digestOf,
  emptyConfig,
  json,
  manifestOf,
} from './pushable'

/* Signatures, SBOMs and attestations of an image, and artifacts that are no image, as the tools push them. */

const created = { 'org.opencontainers.image.created': '2026-11-21T08:00:00Z' }

/** A cosign signature under the tag `sha256-….sig`, as cosign 1 and 2 store it. */
export function cosignSignature(subject: Pushable): Pushable {
  const payload = json({
    critical: {
      identity: { 'docker-reference': '' },
      image: { 'docker-manifest-digest': subject.digest },
      type: 'cosign container image signature',
    },
    optional: null,
  })
  return cosignImage(subject, 'sig', {
    mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
    bytes: payload,
    annotations: { 'dev.cosignproject.cosign/signature': 'MEUCIQDexample' },
  })
}

/** A cosign attestation under the tag `sha256-….att`. */
export function cosignAttestation(subject: Pushable, predicateType = 'https://slsa.dev/provenance/v0.2'): Pushable {
  const payload = Buffer.from(JSON.stringify({ _type: 'https://in-toto.io/Statement/v0.1', predicateType })).toString(
    'base64',
  )
  return cosignImage(subject, 'att', {
    mediaType: 'application/vnd.dsse.envelope.v1+json',
    bytes: json({ payloadType: 'application/vnd.in-toto+json', payload, signatures: [] }),
    annotations: { 'dev.cosignproject.cosign/signature': '', predicateType },
  })
}

/** An SBOM under the tag `sha256-….sbom`, as `cosign attach sbom` stores it. */
export function cosignSbom(subject: Pushable): Pushable {
  return cosignImage(subject, 'sbom', { mediaType: 'text/spdx+json', bytes: json({ spdxVersion: 'SPDX-2.3' }) })
}

function cosignImage(subject: Pushable, suffix: string, layer: Part): Pushable {
  const config = {
    ...{ architecture: '', created: '0001-01-01T00:00:00Z', history: [{ created: '0001-01-01T00:00:00Z' }], os: '' },
    ...{ rootfs: { type: 'layers', diff_ids: [digestOf(layer.bytes)] }, config: {} },
  }
  const tag = `${subject.digest.replace(':', '-')}.${suffix}`
  return manifestOf({ mediaType: configType, bytes: json(config) }, [layer], { tag })
}

/** A Sigstore bundle as a referrer, as cosign 3 and GitHub's attest action store it. */
function sigstoreBundle(subject: Pushable, predicateType: string): Pushable {
  const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json'
  const dsseEnvelope = { payloadType: 'application/vnd.in-toto+json', payload: '', signatures: [] }
  return manifestOf(emptyConfig, [{ mediaType, bytes: json({ mediaType, dsseEnvelope, predicateType }) }], {
    artifactType: mediaType,
    subject: descriptorOfManifest(subject),
    annotations: {
      'dev.sigstore.bundle.content': 'dsse-envelope',
      'dev.sigstore.bundle.predicateType': predicateType,
      ...created,
    },
  })
}

/** A cosign 3 signature. */
export const cosignBundle = (subject: Pushable) => sigstoreBundle(subject, 'https://sigstore.dev/cosign/sign/v1')

/** SLSA provenance, signed. */
export const slsaProvenance = (subject: Pushable) => sigstoreBundle(subject, 'https://slsa.dev/provenance/v1')

/** A Notary Project signature, as notation stores it. */
export function notationSignature(subject: Pushable): Pushable {
  return manifestOf(
    { mediaType: 'application/vnd.cncf.notary.signature', bytes: emptyConfig.bytes },
    [{ mediaType: 'application/jose+json', bytes: json({ payload: '', protected: '', header: {}, signature: '' }) }],
    {
      subject: descriptorOfManifest(subject),
      annotations: { 'io.cncf.notary.x509chain.thumbprint#S256': '["8f3a"]', ...created },
    },
  )
}

/** An SBOM as a referrer, as `oras attach` stores it. */
export function sbomReferrer(subject: Pushable, format: 'SPDX' | 'CycloneDX'): Pushable {
  const [mediaType, title, document] =
    format === 'SPDX'
      ? ['application/spdx+json', 'sbom.spdx.json', { spdxVersion: 'SPDX-2.3', name: 'shop', packages: [] }]
      : [
          'application/vnd.cyclonedx+json',
          'bom.cdx.json',
          { bomFormat: 'CycloneDX', specVersion: '1.6', components: [] },
        ]
  return manifestOf(
    emptyConfig,
    [{ mediaType, bytes: json(document), annotations: { 'org.opencontainers.image.title': title } }],
    { artifactType: mediaType, subject: descriptorOfManifest(subject), annotations: created },
  )
}

/** A chart as `helm push` stores it. */
export function helmChart(tag: string): Pushable {
  const chart = {
    ...{ name: 'shop', home: 'https://shop.example.com', version: tag, description: 'The shop', apiVersion: 'v2' },
    ...{ appVersion: '1.16.0', type: 'application', kubeVersion: '>=1.28.0-0' },
    dependencies: [{ name: 'postgresql', version: '16.x.x', repository: 'oci://registry.example.com/charts' }],
  }
  return manifestOf(
    { mediaType: 'application/vnd.cncf.helm.config.v1+json', bytes: json(chart) },
    [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', bytes: Buffer.from('a chart') }],
    {
      tag,
      annotations: {
        'org.opencontainers.image.title': 'shop',
        'org.opencontainers.image.version': tag,
        'org.opencontainers.image.description': 'The shop',
        ...created,
      },
    },
  )
}

/** Files as `oras push` stores them. */
export function orasArtifact(tag: string, files: Readonly<Record<string, string>>): Pushable {
  const layers = Object.entries(files).map(([title, content]) => ({
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    bytes: Buffer.from(content),
    annotations: { 'org.opencontainers.image.title': title },
  }))
  return manifestOf(emptyConfig, layers, {
    artifactType: 'application/vnd.example.settings.v1',
    annotations: created,
    tag,
  })
}

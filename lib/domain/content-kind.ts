import type { Digest } from './digest'

/** What a manifest is to a person. */
export const contentKinds = [
  'image',
  'index',
  'helmChart',
  'signature',
  'sbom',
  'provenance',
  'attestation',
  'scan',
  'cache',
  'artifact',
] as const
export type ContentKind = (typeof contentKinds)[number]

/** Kinds that are about an image: they are shown as its attachments. */
const attachedKinds: ReadonlySet<ContentKind> = new Set(['signature', 'sbom', 'provenance', 'attestation', 'scan'])

/** What is known of a manifest besides its types. All of it is text that a pusher chose. */
export interface ContentHints {
  /** The annotations of the manifest, or of the descriptor that names it. */
  readonly annotations?: Readonly<Record<string, string>> | undefined
  /** Its layers, or the children of an index. */
  readonly contents?: readonly {
    readonly mediaType?: string | null | undefined
    readonly annotations?: Readonly<Record<string, string>> | null | undefined
  }[]
  /** A tag that points at it. */
  readonly tag?: string
}

/** What a media type or a predicate type says. */
interface Meaning {
  readonly kind: ContentKind
  /** Null where the type does not name one. */
  readonly format: string | null
}

type Rule = readonly [pattern: RegExp, kind: ContentKind, format: string | null]

/** By media type, without parameters, in lower case. The first that matches counts. */
const typeRules: readonly Rule[] = [
  [/^application\/vnd\.(?:oci\.image\.config\.v1|docker\.container\.image\.v1)\+json$/, 'image', null],
  [/^application\/vnd\.cncf\.helm\.config\.v1\+json$/, 'helmChart', 'Helm'],
  [/^application\/vnd\.buildkit\.cacheconfig\.v0$/, 'cache', 'BuildKit'],
  [/^application\/vnd\.cncf\.notary\.signature$/, 'signature', 'Notary Project'],
  [/^application\/vnd\.dev\.cosign\.(?:artifact\.sig\.v1|simplesigning\.v1)\+json$/, 'signature', 'cosign'],
  [/^application\/vnd\.dev\.sigstore\.bundle\b/, 'signature', 'Sigstore bundle'],
  [/spdx/, 'sbom', 'SPDX'],
  [/cyclonedx/, 'sbom', 'CycloneDX'],
  [/^application\/vnd\.syft\+json$/, 'sbom', 'Syft'],
  [/[./+-]sarif\b/, 'scan', 'SARIF'],
  [/\bslsa\b|^application\/vnd\.in-toto\.provenance\b/, 'provenance', 'SLSA'],
  [/vulnerabilit|\bvulns?\b|\btrivy\b/, 'scan', null],
  [/\bsbom\b/, 'sbom', null],
  [/^application\/vnd\.(?:in-toto\b|dsse\.envelope\b|docker\.attestation\.manifest\b)/, 'attestation', 'in-toto'],
  [/^application\/vnd\.dev\.cosign\.artifact\.att\.v1\+json$/, 'attestation', 'in-toto'],
  [/\battestation\b/, 'attestation', null],
  [/\bsignature\b/, 'signature', null],
]

/** By the predicate type of an in-toto statement. */
const predicateRules: readonly Rule[] = [
  [/slsa\.dev\/provenance\b/, 'provenance', 'SLSA'],
  [/spdx\.dev\//, 'sbom', 'SPDX'],
  [/cyclonedx\.org\//, 'sbom', 'CycloneDX'],
  [/syft\.dev\/bom\b/, 'sbom', 'Syft'],
  [/sigstore\.dev\/cosign\/sign\//, 'signature', 'cosign'],
  [/\/attestation\/vulns?\b/, 'scan', 'in-toto'],
]

/** Annotations that name the predicate type: BuildKit's, Sigstore's and cosign's. */
const predicateKeys = ['in-toto.io/predicate-type', 'dev.sigstore.bundle.predicateType', 'predicateType'] as const

/** What clients use as the end of a technical tag. */
const kindOfSuffix = new Map<string, ContentKind>([
  ['sig', 'signature'],
  ['att', 'attestation'],
  ['sbom', 'sbom'],
])

/** No type that is read here is longer. */
const textMax = 255

/** How many layers are looked at: what is no image has few. */
const contentsMax = 100

/**
 * What a manifest is. `artifactType` is the manifest's, else the media type of its config. Without hints, what only its
 * layers or its tag tell apart (signatures and attestations that cosign and BuildKit store as images) is an image.
 */
export function kindOf(mediaType: string, artifactType: string | null, hints: ContentHints = {}): ContentKind {
  const meaning = meaningOf(artifactType, hints)
  if (isIndexType(mediaType)) return meaning?.kind ?? 'index'
  if (meaning !== null) return meaning.kind
  return artifactType === null && mediaType.startsWith('application/vnd.docker.') ? 'image' : 'artifact'
}

/** What a manifest is written in, such as `SPDX`; null where its types do not say. */
export function formatOf(artifactType: string | null, hints: ContentHints = {}): string | null {
  return meaningOf(artifactType, hints)?.format ?? null
}

/** A tag that a client made for itself: it says something of the manifest with this digest. */
export interface TechnicalTag {
  /** Null for sha512: the tag holds only the first 64 digits. */
  readonly digest: Digest | null
  readonly kind: ContentKind
}

/** Reads a technical tag, such as `sha256-<hex>.sig`, or `sha256-<hex>` for an index of referrers; null for others. */
export function technicalTagOf(name: string): TechnicalTag | null {
  const [, algorithm, hex, suffix] = /^(sha256|sha512)-([0-9a-f]{64})(?:\.([\w-][\w.-]*))?$/.exec(name) ?? []
  if (algorithm === undefined || hex === undefined) return null
  return {
    digest: algorithm === 'sha256' ? (`sha256:${hex}` as Digest) : null,
    kind: suffix === undefined ? 'index' : (kindOfSuffix.get(suffix) ?? 'artifact'),
  }
}

/** Whether manifests of this media type name other manifests. */
export function isIndexType(mediaType: string): boolean {
  return (
    mediaType === 'application/vnd.oci.image.index.v1+json' ||
    mediaType === 'application/vnd.docker.distribution.manifest.list.v2+json'
  )
}

/** The media type of the config of an OCI image. */
export const imageConfigType = 'application/vnd.oci.image.config.v1+json'

/** Whether content of this media type is a manifest that a registry accepts. */
export function isManifestType(mediaType: string): boolean {
  return (
    isIndexType(mediaType) ||
    mediaType === 'application/vnd.oci.image.manifest.v1+json' ||
    mediaType === 'application/vnd.docker.distribution.manifest.v2+json'
  )
}

/** The types of predicates that the annotations of a manifest and of its layers name. */
function predicateTypesOf({ annotations, contents = [] }: ContentHints): Set<string> {
  const found = new Set<string>()
  for (const given of [annotations, ...contents.slice(0, contentsMax).map((content) => content.annotations)]) {
    if (given === undefined || given === null) continue
    for (const key of predicateKeys) {
      const type = Object.hasOwn(given, key) ? given[key] : undefined
      if (type) found.add(type.slice(0, textMax))
    }
  }
  return found
}

function meaningOf(artifactType: string | null, hints: ContentHints): Meaning | null {
  const stated = artifactType === null ? null : meaningOfType(artifactType)
  if (stated?.kind === 'helmChart' || stated?.kind === 'cache') return stated
  // A predicate says more than its envelope.
  const predicate = joined([...predicateTypesOf(hints)].map(meaningOfPredicate))
  if (predicate !== null) return predicate
  if (stated?.format === 'Sigstore bundle' && hints.annotations?.['dev.sigstore.bundle.content'] === 'dsse-envelope') {
    return { kind: 'attestation', format: 'in-toto' }
  }
  if (stated !== null && stated.kind !== 'image' && stated.format !== null) return stated
  const held = meaningOfContents(hints)
  if (held !== null)
    return { kind: stated === null || stated.kind === 'image' ? held.kind : stated.kind, format: held.format }
  const tagged = hints.tag === undefined ? null : technicalTagOf(hints.tag)
  // A tag with another suffix says nothing of the content.
  if (tagged !== null && attachedKinds.has(tagged.kind) && (stated === null || stated.kind === 'image')) {
    return { kind: tagged.kind, format: null }
  }
  return stated
}

/** What all layers are, where they are nothing that an image has; of an index, whether it is a cache. */
function meaningOfContents({ contents = [] }: ContentHints): Meaning | null {
  const meanings = contents.slice(0, contentsMax).map(({ mediaType }) => meaningOfType(mediaType ?? ''))
  const cache = meanings.find((meaning) => meaning?.kind === 'cache')
  if (cache) return cache
  const known = meanings.filter((meaning) => meaning !== null && attachedKinds.has(meaning.kind)) as Meaning[]
  return known.length === meanings.length ? joined(known) : null
}

/** One meaning for several: attestations of different kinds are attestations. */
function joined(meanings: readonly Meaning[]): Meaning | null {
  const [first] = meanings
  if (first === undefined) return null
  const isOneKind = meanings.every(({ kind }) => kind === first.kind)
  const isOneFormat = meanings.every(({ format }) => format === first.format)
  return {
    kind: isOneKind ? first.kind : 'attestation',
    format: isOneFormat ? first.format : isOneKind ? null : 'in-toto',
  }
}

function meaningOfType(type: string): Meaning | null {
  const [bare = ''] = type.slice(0, textMax).toLowerCase().split(';', 1)
  return meaningBy(typeRules, bare.trim())
}

function meaningOfPredicate(type: string): Meaning {
  return meaningBy(predicateRules, type.toLowerCase()) ?? { kind: 'attestation', format: 'in-toto' }
}

function meaningBy(rules: readonly Rule[], text: string): Meaning | null {
  const rule = rules.find(([pattern]) => pattern.test(text))
  return rule === undefined ? null : { kind: rule[1], format: rule[2] }
}

import { z } from 'zod'
import { contentKinds } from '@/lib/domain/content-kind'
import { digest, pageOf, pageQuery, timestamp } from './common'

const count = z.number().int().nonnegative()

/** A name with a value: an annotation, a label, a variable. */
const namedText = z.object({ name: z.string(), value: z.string() })
export type NamedTextView = z.infer<typeof namedText>

/** The first of a list, which may be longer than what is answered. */
function listOf<T extends z.ZodType>(item: T) {
  return z
    .object({ items: z.array(item), totalCount: count })
    .meta({ description: '`items` holds the first ones where there are too many or too large ones to answer' })
}

/** What a manifest refers to: a layer, or the file of an artifact. */
const layer = z.object({
  digest: digest.nullable().meta({ description: 'Null: a step of the build that made no layer' }),
  mediaType: z.string().nullable(),
  sizeBytes: count.meta({ description: 'As the manifest states it; 0 without a layer' }),
  isPresent: z.boolean().meta({ description: 'Whether the repository has the bytes' }),
  createdBy: z
    .string()
    .nullable()
    .meta({ description: 'The command that made it; null where the config does not say' }),
  createdAt: timestamp.nullable(),
  title: z.string().nullable().meta({ description: 'The file name (`org.opencontainers.image.title`)' }),
})
export type LayerView = z.infer<typeof layer>

/** A manifest that an index names. */
const child = z.object({
  digest,
  mediaType: z.string().nullable(),
  kind: z.enum(contentKinds),
  platform: z
    .string()
    .nullable()
    .meta({ description: '`os/architecture[/variant]`', examples: ['linux/arm64/v8'] }),
  sizeBytes: count.nullable().meta({
    description: 'Size of the manifest and all it references; null where the repository lacks it',
  }),
  isPresent: z.boolean(),
  attachedTo: digest
    .nullable()
    .meta({ description: 'Of an attestation: the image of the same index that it is about' }),
})
export type ChildView = z.infer<typeof child>

/** What an image config says; of a config that is no image's, only what is the same there. */
const imageConfig = z.object({
  platform: z.string().nullable(),
  createdAt: timestamp.nullable(),
  author: z.string().nullable(),
  user: z.string().nullable(),
  entrypoint: z.array(z.string()).nullable(),
  command: z.array(z.string()).nullable(),
  workingDirectory: z.string().nullable(),
  stopSignal: z.string().nullable(),
  ports: z.array(z.string()),
  volumes: z.array(z.string()),
  environment: listOf(namedText),
  labels: listOf(namedText),
})
export type ImageConfigView = z.infer<typeof imageConfig>

/** What `Chart.yaml` says, as Helm stores it in the config. */
const helmChart = z.object({
  name: z.string().nullable(),
  version: z.string().nullable(),
  appVersion: z.string().nullable(),
  description: z.string().nullable(),
  type: z.string().nullable(),
  kubeVersion: z.string().nullable(),
  home: z.string().nullable(),
  dependencies: z.array(z.string()).meta({ description: 'Name and version of each chart it depends on' }),
})

/** Why there is nothing to show of a config. */
const configStates = ['read', 'none', 'missing', 'tooLarge', 'unreadable', 'unknownType'] as const

/** What is inside a manifest. */
export const manifestDetails = z.object({
  digest,
  mediaType: z.string(),
  artifactType: z.string().nullable(),
  kind: z.enum(contentKinds),
  isReadable: z.boolean().meta({ description: 'False: its bytes cannot be parsed; what they hold is left out' }),
  manifestSizeBytes: count.meta({ description: 'Size of the manifest alone' }),
  sizeBytes: count.meta({ description: 'Size of the manifest and all it references' }),
  pushedAt: timestamp,
  pushedBy: z.string(),
  subject: digest.nullable().meta({ description: 'What it is attached to' }),
  annotations: listOf(namedText),
  tags: listOf(z.string()).meta({ description: 'The tags that point at it' }),
  indexes: z.array(digest).meta({ description: 'Up to 20 indexes that name it' }),
  children: listOf(child).meta({ description: 'Of an index: the manifests it names' }),
  config: z
    .object({ digest, mediaType: z.string().nullable(), sizeBytes: count, state: z.enum(configStates) })
    .nullable()
    .meta({ description: 'Null for an index' }),
  image: imageConfig.nullable().meta({ description: 'What the config of an image says, where it was read' }),
  chart: helmChart.nullable().meta({ description: 'Of a Helm chart: what it says of itself, where it was read' }),
  layers: listOf(layer).meta({
    description: 'In order, the base first; of an image with the steps that made no layer',
  }),
  referrerCount: count.meta({ description: 'How many manifests are attached to it' }),
})
export type ManifestDetailsView = z.infer<typeof manifestDetails>

/** A manifest that belongs to another: a signature, an SBOM, … */
const attachment = z.object({
  digest,
  kind: z.enum(contentKinds),
  mediaType: z.string(),
  artifactType: z.string().nullable(),
  sizeBytes: count.meta({ description: 'Size of the manifest and all it references' }),
  pushedAt: timestamp,
  pushedBy: z.string(),
  origin: z.enum(['subject', 'tag', 'index']).meta({
    description:
      'How it is attached: it names its subject; by a tag such as `sha256-….sig`; or the index of the image names it (BuildKit)',
  }),
  tag: z.string().nullable().meta({ description: 'The technical tag, for `origin` `tag`' }),
  format: z
    .string()
    .nullable()
    .meta({
      description: 'What it is written in',
      examples: ['SPDX', 'CycloneDX', 'SLSA', 'in-toto', 'cosign', 'Notary Project'],
    }),
  annotations: listOf(namedText),
  files: listOf(
    z.object({
      digest,
      mediaType: z.string().nullable(),
      sizeBytes: count,
      isPresent: z.boolean(),
      title: z.string().nullable(),
    }),
  ).meta({ description: 'What it holds, to download' }),
})
export type AttachmentView = z.infer<typeof attachment>

export const attachmentPage = pageOf(attachment)

export const attachmentQuery = pageQuery

import { z } from 'zod'
import { listedKinds } from '@/lib/domain/listed-kinds'
import { digest, numberedPageQuery, pageOf, reason, timestamp } from './common'
import { tagProtections } from './limits'
import { contentKinds } from '@/lib/domain/content-kind'

const count = z.number().int().nonnegative()

/** A tag and what it points at. */
export const tag = z.object({
  name: z.string(),
  digest,
  mediaType: z.string(),
  artifactType: z.string().nullable(),
  kind: z.enum(contentKinds),
  platforms: z.array(z.string()).meta({ examples: [['linux/amd64', 'linux/arm64']] }),
  sizeBytes: z
    .number()
    .int()
    .nonnegative()
    .meta({ description: 'Size of the manifest and all it references; a blob counts once per manifest' }),
  isProtected: z
    .boolean()
    .meta({ description: 'The tag cannot be overwritten now: the repository is immutable and the tag is not exempt' }),
  openUntil: timestamp.nullable().meta({
    description: 'Until when an administrator has opened it for overwriting, though the policy protects it',
  }),
  pushedAt: timestamp.meta({ description: 'When the tag was set to this digest' }),
  pushedBy: z.string(),
  createdAt: timestamp,
  pullCount: count.meta({
    description: 'How often it was pulled, by accounts whose pulls are counted; a few seconds late',
  }),
  lastPulledAt: timestamp.nullable().meta({ description: 'To a few seconds; `null`: never, as far as it was counted' }),
})

/** A tag in a list. */
const listedTag = tag.extend({
  attachments: z.object({ signature: count, sbom: count, provenance: count, attestation: count, other: count }).meta({
    description:
      'How many manifests are attached to it, by kind; of more than 100 referrers, the first 100, and of an index the attestations among its first 1,000 manifests',
  }),
})
export type TagView = z.infer<typeof listedTag>

const removedAfter = timestamp.nullable().meta({
  description: 'The earliest time at which garbage collection removes it; `null`: the namespace keeps it for ever',
})

/** What garbage collection frees once a tag is deleted. */
const deletionEffect = z.object({
  digest,
  sizeBytes: z.number().int().nonnegative().meta({
    description: 'Size of the manifest and all it references: what is freed unless other content references it',
  }),
  keptDays: z.number().int().nonnegative().meta({ description: '0: for ever' }),
  removedAfter,
})
export type DeletionEffectView = z.infer<typeof deletionEffect>

/** A tag, with what its deletion would free. */
export const tagWithEffect = tag.extend({
  ifDeleted: deletionEffect.nullable().meta({
    description: 'What no tag reaches any more if this one is deleted now; `null`: other tags still reach the manifest',
  }),
})
export type TagWithEffectView = z.infer<typeof tagWithEffect>

/** The response of the deletion of a tag. */
export const deletedTag = z.object({
  untaggedManifest: deletionEffect.nullable().meta({
    description: 'What no tag reaches any more; `null`: other tags still reach the manifest',
  }),
})

/** A manifest that no tag, index or subject reaches. */
const untaggedManifest = z.object({
  digest,
  mediaType: z.string(),
  artifactType: z.string().nullable(),
  platforms: z.array(z.string()),
  sizeBytes: z.number().int().nonnegative().meta({ description: 'Size of the manifest and all it references' }),
  pushedAt: timestamp,
  pushedBy: z.string(),
  unreachedSince: timestamp.meta({
    description: 'When a tag last left it, or it was last pushed or requested by HEAD, to the hour',
  }),
  removedAfter,
})
export type UntaggedManifestView = z.infer<typeof untaggedManifest>

export const untaggedManifestPage = pageOf(untaggedManifest)

export const tagPage = pageOf(listedTag)

const tagFilterFields = {
  search: z
    .string()
    .max(128)
    .optional()
    .meta({ description: 'Part of the name, or the beginning of the digest: 6 hexadecimal digits or more' }),
  protection: z.enum(tagProtections).optional().meta({
    description: '`free`: the policy does not protect it; `open`: it does, but an administrator has opened it',
  }),
  kind: z.enum(listedKinds).optional().meta({ description: 'An index of images is an `image`' }),
}

export const tagQuery = numberedPageQuery.extend({
  ...tagFilterFields,
  withTechnical: z
    .enum(['true', 'false'])
    .default('true')
    .transform((value) => value === 'true')
    .meta({ description: '`false` leaves out the tags that clients make for themselves, such as `sha256-….sig`' }),
  sort: z
    .enum(['name', '-name', 'pushedAt', '-pushedAt', 'version', '-version', 'size', '-size'])
    .default('-pushedAt')
    .meta({
      description:
        'By `version`, `v1.9` is before `v1.10` and `v2.0.0-rc.1` before `v2.0.0`; names without a version are before all versions. By `-pushedAt`, a tag that moves while you walk through the pages goes to the front, and you do not meet it: walk by `name` to meet each tag that exists all the time',
    }),
})

export const deleteTagQuery = z.strictObject({
  reason: z.string().min(1).max(500).optional().meta({
    description: 'Required for an immutable tag; kept in the ledger. The name stays reserved for the former digest',
  }),
})

/** Most tags of one deletion. */
const deletedTagsMax = 500

export const deleteTagsBody = z.strictObject({
  names: z.array(z.string().max(128)).min(1).max(deletedTagsMax),
  reason: reason.optional().meta({
    description: 'Deletes immutable tags too; administrators only. Without one, immutable tags are left out',
  }),
})

/** The response of the deletion of several tags. */
export const deletedTags = z.object({
  deletedCount: count,
  protectedTags: z.array(z.string()).meta({ description: 'Left out: the immutability policy protects them' }),
  absentTags: z.array(z.string()).meta({ description: 'Not there any more' }),
})

/** The name of a deleted tag, reserved for the digest it had. */
const tombstone = z.object({
  tag: z.string(),
  digest,
  reason: z.string(),
  isOfFormerRepository: z
    .boolean()
    .meta({ description: 'A deleted repository of this path had the tag: the name is reserved whatever the settings' }),
  deletedAt: timestamp,
  deletedBy: z.string(),
  refusedCount: z.number().int().nonnegative().meta({
    description: 'How often a push was refused since, because the name is reserved',
  }),
})
export type TombstoneView = z.infer<typeof tombstone>

export const tombstonePage = pageOf(tombstone)

export const releaseTagNameBody = z.strictObject({ reason })

import { z } from 'zod'
import { digest, pageOf, pageQuery, reason, timestamp } from './common'

/** A tag and what it points at. */
export const tag = z.object({
  name: z.string(),
  digest,
  mediaType: z.string(),
  artifactType: z.string().nullable(),
  platforms: z.array(z.string()).meta({ examples: [['linux/amd64', 'linux/arm64']] }),
  sizeBytes: z
    .number()
    .int()
    .nonnegative()
    .meta({ description: 'Size of the manifest and all it references; a blob counts once per manifest' }),
  isProtected: z
    .boolean()
    .meta({ description: 'The tag cannot be overwritten now: the repository is immutable and the tag is not exempt' }),
  pushedAt: timestamp.meta({ description: 'When the tag was set to this digest' }),
  pushedBy: z.string(),
  createdAt: timestamp,
})
export type TagView = z.infer<typeof tag>

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

export const tagPage = pageOf(tag)

export const tagQuery = pageQuery.extend({
  search: z.string().max(128).optional().meta({ description: 'Part of the name' }),
  sort: z.enum(['name', '-name', 'pushedAt', '-pushedAt']).default('-pushedAt').meta({
    description:
      'By `-pushedAt`, a tag that moves while you walk through the pages goes to the front, and you do not meet it: walk by `name` to meet each tag that exists all the time',
  }),
})

export const deleteTagQuery = z.strictObject({
  reason: z.string().min(1).max(500).optional().meta({
    description: 'Required for an immutable tag; kept in the ledger. The name stays reserved for the former digest',
  }),
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

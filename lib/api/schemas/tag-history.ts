import { z } from 'zod'
import { tagEventKinds } from '@/lib/domain/ledger'
import { isTag } from '@/lib/domain/reference'
import { digest, pageOf, pageQuery, timestamp } from './common'

const nullableDigest = digest.nullable()

/** An entry of a tag's history. */
const tagHistoryEntry = z.object({
  id: z.string(),
  kind: z.enum(tagEventKinds),
  digest: nullableDigest.meta({
    description:
      'What the tag pointed at from then on; for `DELETED`, until then; for `RELEASED`, what its name was reserved for; for `REFUSED`, the pushed digest',
  }),
  previousDigest: nullableDigest.meta({
    description: 'What the tag pointed at before; null for a new tag, `DELETED` and `RELEASED`',
  }),
  at: timestamp,
  actor: z.string().meta({ description: 'User name, `robot+<name>` or `system`' }),
  credential: z
    .string()
    .meta({ description: 'How the actor was authenticated: `password`, `session`, or the id of a credential' }),
  address: z.string().meta({ description: 'Address of the client' }),
  userAgent: z.string(),
  reason: z.string().nullable().meta({
    description: 'What the actor stated, or where a copy comes from; for `REFUSED`, the code of the refusal',
  }),
  count: z.number().int().positive().meta({ description: 'How often: repeated refusals are one entry' }),
  isManifestPresent: z
    .boolean()
    .meta({ description: 'Whether the repository still has the manifest of `digest`: only then it can be restored' }),
})
export type TagHistoryEntryView = z.infer<typeof tagHistoryEntry>

/** A page of a tag's history, the newest entries first. */
export const tagHistory = pageOf(tagHistoryEntry).extend({
  currentDigest: nullableDigest.meta({ description: 'What the tag points at; null: there is no such tag now' }),
  unchangedSince: timestamp.nullable().meta({
    description: 'Since when the tag points at `currentDigest`; null: there is no such tag now',
  }),
})

export const tagHistoryQuery = pageQuery.extend({
  withRefusals: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .meta({ description: 'Whether refused pushes of the tag are among the entries' }),
})

export const restoreTagBody = z.strictObject({
  digest: digest.meta({ description: 'A digest of the tag’s history whose manifest is still there' }),
  reason: z.string().min(1).max(500).optional().meta({ description: 'Kept in the ledger and in the audit trail' }),
})

const tagName = z
  .string()
  .refine(isTag, { message: '1 to 128 letters, digits, “_”, “.” and “-”; not “.” or “-” first' })

export const copyTagBody = z.strictObject({
  name: tagName.meta({ description: 'The name of the copy' }),
  source: z
    .strictObject({
      repositoryId: z.string().min(1).max(64).optional().meta({
        description: 'A repository of the same instance that you may pull from. Absent: the repository of the copy',
      }),
      tag: tagName.optional(),
      digest: digest.optional(),
    })
    .refine(({ tag, digest: given }) => (tag === undefined) !== (given === undefined), {
      message: 'either tag or digest',
    })
    .meta({ description: 'What to copy: `tag` or `digest`' }),
})

/** What came of a restoration or a copy. */
export const movedTag = z.object({
  name: z.string(),
  digest,
  outcome: z
    .enum(['created', 'moved', 'unchanged'])
    .meta({ description: '`unchanged`: the tag pointed there already' }),
  previousDigest: nullableDigest.meta({ description: 'What the tag pointed at before; null for a new tag' }),
  warnings: z
    .array(z.string())
    .meta({ description: 'In mode `audit`, why `enforce` would have refused it; content that the repository lacks' }),
})

import { z } from 'zod'
import { errorCodes } from '@/lib/domain/errors'
import { exemptTagsMax, immutabilityModes, isExemptTagPattern } from '@/lib/domain/immutability'
import { isTag } from '@/lib/domain/reference'
import { openingEnds, openingMinutesMax } from '@/lib/domain/openings'
import { digest, pageOf, pageQuery, reason, timestamp } from './common'

const mode = z.enum(immutabilityModes).meta({
  description:
    '`off`: pushes are normal. `audit`: a push that `enforce` would refuse is taken, recorded and answered with a warning. `enforce`: it is refused',
})

const exemptTags = z
  .array(
    z.string().refine(isExemptTagPattern, {
      message: 'a tag or a glob: 1 to 128 letters, digits, “.”, “_”, “-”, “*” (any run) and “?” (one character)',
    }),
  )
  .max(exemptTagsMax)
  .refine((patterns) => new Set(patterns).size === patterns.length, { message: 'each pattern once' })
  .meta({
    description: 'Tags that the policy leaves free: names or globs, case-sensitive, for the whole name',
    examples: [['latest', 'dev-*']],
  })

/** An immutability policy. */
export const immutabilityPolicy = z.object({ mode, exemptTags })

/** Changes of a policy; what is absent stays. */
export const policyChanges = z.strictObject({ mode: mode.optional(), exemptTags: exemptTags.optional() })

/** The policy of a repository, and where it comes from. */
export const repositoryPolicy = immutabilityPolicy.extend({
  source: z.enum(['repository', 'namespace', 'instance']).meta({
    description:
      '`namespace`, `instance`: the repository was created with this default, and nobody has changed it since',
  }),
})

/** The policy that new repositories of a namespace get, and where it comes from. */
export const namespaceDefault = immutabilityPolicy.extend({ source: z.enum(['namespace', 'instance']) })

/** The policy of a repository and what it does. */
export const immutability = repositoryPolicy.extend({
  protectedTagCount: z.number().int().nonnegative().meta({ description: 'Tags that cannot be overwritten now' }),
})

const one = (texts: unknown) => (typeof texts === 'string' ? [texts] : texts)

/** A policy in the query of a preview: one `exemptTag` for each; a single empty one: none. What is absent stays. */
export const previewQuery = z.strictObject({
  mode: mode.optional(),
  exemptTag: z
    .preprocess((given) => (given === '' ? [] : one(given)), exemptTags)
    .optional()
    .meta({ description: 'May be repeated. A single empty one: the policy exempts no tag' }),
})

const count = z.number().int().nonnegative()

/** How many tags a pattern exempts. */
const patternCount = z.object({
  pattern: z.string(),
  count: count.meta({ description: 'A tag counts for the first pattern that matches it' }),
})

/** What a policy would do to a repository. */
export const immutabilityPreview = z.object({
  tagCount: count,
  protectedCount: count.meta({ description: 'Tags that the policy protects (mode `enforce`)' }),
  newlyProtectedCount: count.meta({ description: 'Those that the current policy does not protect' }),
  auditedCount: count.meta({ description: 'Tags whose overwriting pushes the policy records (mode `audit`)' }),
  newlyAuditedCount: count.meta({ description: 'Those whose overwriting pushes are not recorded or refused now' }),
  freeCount: count.meta({ description: 'All other tags' }),
  free: z.array(patternCount).meta({ description: 'Each exempt pattern of the policy' }),
  freedCount: count.meta({ description: 'Tags that the current policy protects, and this one does not' }),
  freed: z
    .array(
      patternCount.extend({
        tags: z
          .array(z.object({ tag: z.string(), pushedAt: timestamp, pushedBy: z.string() }))
          .meta({ description: 'The first three' }),
      }),
    )
    .meta({ description: 'Those that an exempt pattern frees; empty when the mode frees all' }),
  movedRecently: z
    .array(
      z.object({
        tag: z.string(),
        movedAt: timestamp,
        movedBy: z.string(),
        pushers: z
          .array(z.object({ name: z.string(), moveCount: count }))
          .meta({ description: 'Who moved it since `since`; only the newest 1,000 events of the tag count' }),
      }),
    )
    .meta({ description: 'The ten that moved last' }),
  movedRecentlyCount: count.meta({
    description:
      'Tags that moved since `since`, and whose next overwriting push the policy would refuse or record, which the current one does not. Append-only tags are not among them',
  }),
  wouldHaveBeenRefusedCount: count.meta({
    description:
      'Pushes since `since` that mode `audit` took with a warning, to tags that the policy does not exempt; 0 for mode `off`',
  }),
  since: timestamp.meta({ description: '30 days ago' }),
})
export type ImmutabilityPreview = z.infer<typeof immutabilityPreview>
const tagName = z
  .string()
  .refine(isTag, { message: '1 to 128 letters, digits, “_”, “.” and “-”; not “.” or “-” first' })

export const checkImmutabilityBody = z.strictObject({
  tag: tagName,
  digest: digest.optional().meta({ description: 'The digest to push. Absent: one that the tag never had' }),
})

export const immutabilityCheck = z.object({
  allowed: z.boolean().meta({ description: 'Whether the immutability policy takes the push now' }),
  code: z.enum(errorCodes).optional().meta({
    description: 'Why not. With `allowed`: what the push is warned of, because the mode is `audit`',
  }),
  message: z.string().optional(),
  currentDigest: digest.optional().meta({ description: 'What the tag points at, or what its name is reserved for' }),
})

export const openTagBody = z.strictObject({
  tag: tagName,
  reason,
  minutes: z.number().int().min(1).max(openingMinutesMax).meta({ description: 'After that it closes by itself' }),
})

/** A time in which a protected tag can be overwritten. */
export const opening = z.object({
  id: z.string().meta({ examples: ['opn-8h2t6d0w4n9k3b7q'] }),
  tag: z.string(),
  reason: z.string(),
  opensAt: timestamp,
  closesAt: timestamp,
  openedBy: z.string(),
  isOpen: z.boolean(),
  moveCount: z.number().int().nonnegative().meta({ description: 'How often the tag moved because it was open' }),
  closedAt: timestamp.nullable().meta({ description: 'null while it is open' }),
  closedBy: z.string().nullable().meta({ description: 'null while it is open, and when it closed by itself' }),
  closedHow: z.enum(openingEnds).nullable().meta({
    description:
      '`HAND`: an administrator closed it. `TIME`: its time was over. `CLOCK`: the clock of a server went back, and the time that was left was not known any more',
  }),
})
export type OpeningView = z.infer<typeof opening>

export const openingPage = pageOf(opening)

export const openingQuery = pageQuery.extend({
  isOpen: z
    .enum(['true'])
    .transform(() => true)
    .optional()
    .meta({ description: 'Only those that are open now' }),
})

const contradicts = 'says something else than the check box in the same request'

/** The error for the check box and the policy in one body that say different things. */
export const contradiction = { message: contradicts, path: ['immutability', 'mode'] }

/** The same for the default of a namespace. */
export const contradictionOfDefaults = { message: contradicts, path: ['defaultImmutability'] }

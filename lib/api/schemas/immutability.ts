import { z } from 'zod'
import { errorCodes } from '@/lib/domain/errors'
import { exemptTagsMax, immutabilityModes, isExemptTagPattern } from '@/lib/domain/immutability'
import { isTag } from '@/lib/domain/reference'
import { digest } from './common'

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

export const checkImmutabilityBody = z.strictObject({
  tag: z.string().refine(isTag, { message: '1 to 128 letters, digits, “_”, “.” and “-”; not “.” or “-” first' }),
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

const contradicts = 'says something else than the check box in the same request'

/** The error for the check box and the policy in one body that say different things. */
export const contradiction = { message: contradicts, path: ['immutability', 'mode'] }

/** The same for the default of a namespace. */
export const contradictionOfDefaults = { message: contradicts, path: ['defaultImmutability'] }

import { z } from 'zod'
import { isNamespaceName } from '@/lib/domain/reference'
import { isConsistentDefault } from '@/lib/domain/immutability'
import { access, pageOf, pageQuery, timestamp } from './common'
import { contradictionOfDefaults, namespaceDefault, policyChanges } from './immutability'

/** Who may pull: every caller that the instance admits, or only callers with a grant. */
export const repositoryType = z.enum(['PUBLIC', 'PRIVATE'])

const retentionDays = z.number().int().min(0).max(3650)

const defaultChanges = policyChanges
  .nullable()
  .optional()
  .meta({ description: 'The immutability policy of new repositories. `null`: that of the instance' })

/** A namespace: the first segment of a repository path, with its settings for pushes. */
export const namespace = z.object({
  id: z.string().meta({ examples: ['crn-2b7d9f0k4m6p8r1t'] }),
  instanceId: z.string(),
  name: z.string(),
  autoCreateRepository: z.boolean().meta({ description: 'A push to a repository that does not exist creates it' }),
  defaultRepositoryType: repositoryType,
  defaultTagImmutability: z.boolean().meta({ description: 'Whether new repositories get mode `enforce`' }),
  defaultImmutability: namespaceDefault.meta({ description: 'The immutability policy of new repositories' }),
  acceptSparseManifests: z
    .boolean()
    .meta({ description: 'A manifest may reference blobs that its repository does not have' }),
  untaggedRetentionDays: retentionDays.meta({
    description:
      'Garbage collection removes a manifest that no tag, index or subject has reached for this many days; 0: never',
  }),
  repositoryCount: z.number().int().nonnegative(),
  createdAt: timestamp,
  updatedAt: timestamp,
  access,
})
export type NamespaceView = z.infer<typeof namespace>

export const namespacePage = pageOf(namespace)

export const namespaceQuery = pageQuery.extend({
  search: z.string().max(120).optional().meta({ description: 'Part of the name' }),
})

export const createNamespaceBody = z
  .strictObject({
    name: z.string().refine(isNamespaceName, {
      message: '2 to 120 lower-case letters, digits, “_”, “-” and “.”; no separator first or last, nor two in a row',
    }),
    autoCreateRepository: z.boolean().default(false),
    defaultRepositoryType: repositoryType.default('PRIVATE'),
    defaultTagImmutability: z.boolean().optional().meta({ description: 'Absent: the default of the instance' }),
    defaultImmutability: defaultChanges,
    acceptSparseManifests: z.boolean().default(false),
    untaggedRetentionDays: retentionDays.default(14),
  })
  .refine(isConsistentDefault, contradictionOfDefaults)

export const updateNamespaceBody = z
  .strictObject({
    autoCreateRepository: z.boolean().optional(),
    defaultRepositoryType: repositoryType.optional(),
    defaultTagImmutability: z.boolean().optional(),
    defaultImmutability: defaultChanges,
    acceptSparseManifests: z.boolean().optional(),
    untaggedRetentionDays: retentionDays.optional(),
  })
  .refine(isConsistentDefault, contradictionOfDefaults)

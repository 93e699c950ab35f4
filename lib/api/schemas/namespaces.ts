import { z } from 'zod'
import { isNamespaceName } from '@/lib/domain/reference'
import { access, pageOf, pageQuery, timestamp } from './common'

/** Who may pull: every caller that the instance admits, or only callers with a grant. */
export const repositoryType = z.enum(['PUBLIC', 'PRIVATE'])

const retentionDays = z.number().int().min(0).max(3650)

/** A namespace: the first segment of a repository path, with its settings for pushes. */
export const namespace = z.object({
  id: z.string().meta({ examples: ['crn-2b7d9f0k4m6p8r1t'] }),
  instanceId: z.string(),
  name: z.string(),
  autoCreateRepository: z.boolean().meta({ description: 'A push to a repository that does not exist creates it' }),
  defaultRepositoryType: repositoryType,
  defaultTagImmutability: z.boolean(),
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

export const createNamespaceBody = z.strictObject({
  name: z.string().refine(isNamespaceName, {
    message: '2 to 120 lower-case letters, digits, “_”, “-” and “.”; no separator first or last, nor two in a row',
  }),
  autoCreateRepository: z.boolean().default(false),
  defaultRepositoryType: repositoryType.default('PRIVATE'),
  defaultTagImmutability: z.boolean().default(false),
  acceptSparseManifests: z.boolean().default(false),
  untaggedRetentionDays: retentionDays.default(14),
})

export const updateNamespaceBody = z.strictObject({
  autoCreateRepository: z.boolean().optional(),
  defaultRepositoryType: repositoryType.optional(),
  defaultTagImmutability: z.boolean().optional(),
  acceptSparseManifests: z.boolean().optional(),
  untaggedRetentionDays: retentionDays.optional(),
})

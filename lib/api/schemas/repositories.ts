import { z } from 'zod'
import { isRepositoryName } from '@/lib/domain/reference'
import { isConsistentRequest } from '@/lib/domain/immutability'
import { access, clearable, numberedPageQuery, pageOf, reason, timestamp } from './common'
import { contradiction, immutabilityPolicy, policyChanges, repositoryPolicy } from './immutability'
import { repositoryType } from './namespaces'

export const summaryMaxLength = 100
export const descriptionMaxLength = 2000

const summary = z.string().max(summaryMaxLength)
const description = z.string().max(descriptionMaxLength).meta({ description: 'Markdown' })

/** A repository of images or other artifacts. */
export const repository = z.object({
  id: z.string().meta({ examples: ['crr-8h2t6d0w4n9k3b7q'] }),
  instanceId: z.string(),
  namespaceId: z.string(),
  namespace: z.string(),
  name: z.string().meta({ description: 'May contain slashes' }),
  type: repositoryType,
  tagImmutability: z
    .boolean()
    .meta({ description: 'ACR’s Immutable: no tag except the exempt ones can be overwritten (mode `enforce`)' }),
  immutability: repositoryPolicy,
  summary,
  description,
  tagCount: z.number().int().nonnegative(),
  sizeBytes: z.number().int().nonnegative().meta({ description: 'Size of all distinct blobs and manifests' }),
  lastPushedAt: timestamp
    .nullable()
    .meta({ description: 'When a tag was last created or moved, also one that was deleted since; `null`: never' }),
  pullCount: z.number().int().nonnegative().meta({
    description: 'How often it was pulled, by accounts whose pulls are counted; a few seconds late',
  }),
  lastPulledAt: timestamp.nullable().meta({ description: 'To a few seconds; `null`: never, as far as it was counted' }),
  createdAt: timestamp,
  updatedAt: timestamp.meta({ description: 'When its settings last changed' }),
  updatedBy: z.string().meta({ description: 'Name of the user who changed the settings' }),
  access,
})
export type RepositoryView = z.infer<typeof repository>

/** A repository that has just been created, with where its settings come from. */
export const createdRepository = repository.extend({
  settingSources: z
    .object({ type: z.enum(['request', 'namespace']), tagImmutability: z.enum(['request', 'namespace', 'instance']) })
    .meta({
      description:
        '`request`: it was in the request. `namespace`, `instance`: it is the default of the namespace or the instance',
    }),
})

export const repositoryPage = pageOf(repository)

/** What tells the repositories of a list from the others. */
const filterFields = {
  namespace: z.string().optional().meta({ description: 'Exact name of a namespace' }),
  name: z.string().optional().meta({ description: 'Exact name inside the namespace' }),
  search: z.string().max(255).optional().meta({ description: 'Part of `<namespace>/<name>`' }),
  type: repositoryType.optional(),
  immutabilityMode: immutabilityPolicy.shape.mode.optional(),
}

export const repositoryQuery = numberedPageQuery.extend({
  ...filterFields,
  tagImmutability: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional(),
  sort: z
    .enum([
      'name',
      '-name',
      'createdAt',
      '-createdAt',
      'updatedAt',
      '-updatedAt',
      'size',
      '-size',
      'tags',
      '-tags',
      'lastPushedAt',
      '-lastPushedAt',
    ])
    .default('name')
    .meta({
      description:
        '`size`, `tags` and `lastPushedAt` add up what every repository of the list holds: slower in a large registry. A repository that was never pushed to is before all others in the order of `lastPushedAt`',
    }),
})

/** The filters of the list in a body. */
export const repositoryFilter = z.strictObject({ ...filterFields, tagImmutability: z.boolean().optional() })

export const repositoryByNameQuery = z.strictObject({
  path: z.string().meta({ description: '`<namespace>/<name>`', examples: ['team/web/shop'] }),
})

export const createRepositoryBody = z
  .strictObject({
    namespace: z.string().meta({ description: 'Name of an existing namespace' }),
    name: z.string().refine(isRepositoryName, {
      message:
        'lower-case letters, digits, “_”, “-”, “.” and “/”; no separator first or last; with its namespace at most 255 characters',
    }),
    type: repositoryType.optional().meta({ description: 'Absent: the default of the namespace' }),
    tagImmutability: z.boolean().optional().meta({
      description: 'True: mode `enforce`, false: `off`. Absent: the default of the namespace or the instance',
    }),
    immutability: policyChanges
      .optional()
      .meta({ description: 'What is absent is the default of the namespace or the instance' }),
    summary: summary.default(''),
    description: description.default(''),
  })
  .refine(isConsistentRequest, contradiction)

export const updateRepositoryBody = z
  .strictObject({
    type: repositoryType.optional(),
    tagImmutability: z
      .boolean()
      .optional()
      .meta({ description: 'True: mode `enforce`, false: `off`; the exempt tags stay' }),
    immutability: policyChanges
      .nullable()
      .optional()
      .meta({ description: '`null`: the default that a new repository of the namespace gets' }),
    summary: clearable(summary).optional(),
    description: clearable(description).optional(),
    reason: z.string().max(500).optional().meta({ description: 'Stored in the audit trail with the change' }),
  })
  .refine(
    ({ tagImmutability, immutability }) =>
      immutability === null ? tagImmutability === undefined : isConsistentRequest({ tagImmutability, immutability }),
    contradiction,
  )
export type UpdateRepositoryBody = z.infer<typeof updateRepositoryBody>

export const deleteRepositoryQuery = z.strictObject({
  force: z.string().optional().meta({
    description: 'The repository’s `<namespace>/<name>`: confirms the deletion of a repository with immutable tags',
  }),
  reason: reason.optional().meta({
    description: 'Required for a repository with immutable tags; kept in the ledger and with the reserved names',
  }),
})

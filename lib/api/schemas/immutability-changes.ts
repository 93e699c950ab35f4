import { z } from 'zod'
import { errorCodes } from '@/lib/domain/errors'
import { pageOf, pageQuery, timestamp } from './common'
import { immutabilityPolicy, policyChanges } from './immutability'
import { repositoryIdsMax } from './limits'
import { repositoryFilter } from './repositories'

const count = z.number().int().nonnegative()

const summary = z.object({
  id: z.string().meta({ examples: ['imc-8h2t6d0w4n9k3b7q'] }),
  instanceId: z.string(),
  immutability: immutabilityPolicy.partial().meta({ description: 'What of the policy changes' }),
  state: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED']).meta({
    description:
      '`SUCCEEDED`: it came to all repositories, those in `failed` included. `FAILED`: it ended early; what it changed stays changed',
  }),
  reason: z.string().nullable(),
  startedBy: z.string().meta({ description: 'User name' }),
  startedAt: timestamp,
  endedAt: timestamp.nullable(),
  total: count.meta({ description: 'Repositories that were selected when it started' }),
  changed: count,
  unchanged: count.meta({ description: 'Those that had the policy already' }),
  failed: count,
  skipped: count.meta({
    description:
      'Selected by the filter at the start, and gone, no match or not yours to manage when it came to them; 0 until it has ended',
  }),
  failure: z.string().nullable().meta({ description: 'Why it ended early' }),
})

/** A change of the policy of many repositories. Its counts grow while it runs. */
export const immutabilityChange = summary.extend({
  failures: z
    .array(
      z.object({
        repositoryId: z.string(),
        repository: z.string().nullable().meta({
          description: '`<namespace>/<name>`; null for one that does not exist for you',
        }),
        code: z.enum(errorCodes),
        message: z.string(),
      }),
    )
    .meta({ description: 'The first 100 that could not be changed' }),
})
export type ImmutabilityChangeView = z.infer<typeof immutabilityChange>

export const immutabilityChangePage = pageOf(summary)

export const immutabilityChangeQuery = pageQuery

/** Whether a body selects in exactly one way. */
function selectsOnce({ repositoryIds, filter }: { readonly repositoryIds?: unknown; readonly filter?: unknown }) {
  return (repositoryIds === undefined) !== (filter === undefined)
}

/** The error for a body that does not. */
const selectOnce = { message: 'repositoryIds or filter, one of them', path: ['repositoryIds'] }

export const createImmutabilityChangeBody = z
  .strictObject({
    immutability: policyChanges.refine(({ mode, exemptTags }) => mode !== undefined || exemptTags !== undefined, {
      message: 'mode, exemptTags or both',
    }),
    repositoryIds: z
      .array(z.string().min(1).max(64))
      .min(1)
      .max(repositoryIdsMax)
      .refine((ids) => new Set(ids).size === ids.length, { message: 'each id once' })
      .optional(),
    filter: repositoryFilter.optional().meta({
      description:
        'As in the list of repositories. Without a field: all that you may manage. Repositories that you may not manage are left out',
    }),
    reason: z.string().max(500).optional().meta({ description: 'Stored in the audit trail with each change' }),
  })
  .refine(selectsOnce, selectOnce)

/** What a change of many repositories would do. */
export const immutabilityChangePreview = z.object({
  selectedCount: count.meta({ description: 'Repositories that are named or match, as far as you may see them' }),
  deniedCount: count.meta({ description: 'Those that you may not manage: they are left out' }),
  missingCount: count.meta({ description: 'Ids that do not exist for you' }),
  examinedCount: count.meta({
    description: 'Repositories that the preview looked at; all figures below are about these',
  }),
  isCapped: z.boolean().meta({
    description: 'Whether there are more: it looks at 1,000 repositories, and at no further one after 200,000 tags',
  }),
  tagCount: count.meta({ description: 'Tags of the repositories that would change' }),
  changeCount: count.meta({ description: 'Repositories that would change' }),
  unchangedCount: count.meta({ description: 'Repositories that have the policy already' }),
  unchanged: z.array(z.string()).meta({ description: 'The first ten of them, `<namespace>/<name>`' }),
  protectedRepositoryCount: count.meta({ description: 'Repositories in which tags become protected' }),
  newlyProtectedCount: count.meta({ description: 'Tags that become protected' }),
  newlyAuditedCount: count.meta({ description: 'Tags whose overwriting pushes are recorded from then on' }),
  freedCount: count.meta({ description: 'Tags that are protected now, and not then' }),
  freeCount: count.meta({ description: 'Tags that the new policy leaves free' }),
  free: z
    .array(z.object({ pattern: z.string(), count }))
    .meta({ description: 'The ten exempt patterns that leave most of them free' }),
  movedRecentlyCount: count.meta({
    description:
      'Tags that become protected or audited and moved in the last 30 days: pushes that will be refused or recorded',
  }),
  movedRecentlyRepositoryCount: count,
  movedRecently: z
    .array(
      z.object({
        repositoryId: z.string(),
        repository: z.string().meta({ description: '`<namespace>/<name>`' }),
        tag: z.string(),
        movedAt: timestamp,
        movedBy: z.string(),
        moveCount: count.meta({ description: 'How often `movedBy` moved it in that time' }),
      }),
    )
    .meta({ description: 'The ten that moved last' }),
  pushers: z
    .array(z.object({ name: z.string(), tagCount: count, moveCount: count }))
    .meta({ description: 'The ten who moved most of the ten tags of each repository that moved last' }),
  pusherCount: count,
  wouldHaveBeenRefusedCount: count.meta({ description: 'Pushes that mode `audit` has recorded in the last 30 days' }),
  repositories: z
    .array(
      z.object({
        repositoryId: z.string(),
        repository: z.string(),
        newlyProtectedCount: count,
        newlyAuditedCount: count,
        freedCount: count,
        movedRecentlyCount: count,
      }),
    )
    .meta({ description: 'The first 100 repositories that would change, by name' }),
})
export type ImmutabilityChangePreview = z.infer<typeof immutabilityChangePreview>

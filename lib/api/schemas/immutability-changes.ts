import { z } from 'zod'
import { errorCodes } from '@/lib/domain/errors'
import { pageOf, pageQuery, timestamp } from './common'
import { immutabilityPolicy, policyChanges } from './immutability'
import { repositoryFilter } from './repositories'

const count = z.number().int().nonnegative()

/** Largest number of repositories that a change can name by id. */
export const repositoryIdsMax = 1000

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

/** The fields that say what to change, of which repositories. */
export const changeSelection = {
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
}

/** Whether a body selects in exactly one way. */
export function selectsOnce({
  repositoryIds,
  filter,
}: {
  readonly repositoryIds?: unknown
  readonly filter?: unknown
}) {
  return (repositoryIds === undefined) !== (filter === undefined)
}

/** The error for a body that does not. */
export const selectOnce = { message: 'repositoryIds or filter, one of them', path: ['repositoryIds'] }

export const createImmutabilityChangeBody = z
  .strictObject({
    ...changeSelection,
    reason: z.string().max(500).optional().meta({ description: 'Stored in the audit trail with each change' }),
  })
  .refine(selectsOnce, selectOnce)

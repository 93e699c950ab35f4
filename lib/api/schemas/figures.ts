import { z } from 'zod'
import { keptDays } from '@/lib/domain/day'
import { timestamp } from './common'

const count = z.number().int().nonnegative()

const day = z.object({
  day: z.string().meta({ description: 'A day of UTC', examples: ['2026-11-29'] }),
  pulls: count,
  pushes: count.meta({ description: 'Tags that were created or moved, copies and restores included' }),
  refusals: count.meta({ description: 'Entries of the ledger: refusals that are repeated within a minute are one' }),
  storageBytes: count.nullable().meta({
    description: 'Size of all distinct blobs: now, and on earlier days as measured last; null: it was not measured',
  }),
})

const topRepository = z.object({
  id: z.string(),
  namespace: z.string(),
  name: z.string(),
  pulls: count.meta({ description: 'In the days that were asked for' }),
  pushes: count.meta({ description: 'In these days' }),
  sizeBytes: count.meta({ description: 'Size of all distinct blobs and manifests' }),
})
export type TopRepositoryView = z.infer<typeof topRepository>

/** What happened in an instance, and what it holds. */
export const figures = z.object({
  days: z.array(day).meta({ description: 'The oldest first; the last one is today, which is not over' }),
  mostPulled: z.array(topRepository).meta({ description: 'Up to six repositories, the one with the most pulls first' }),
  largest: z.array(topRepository).meta({ description: 'Up to six repositories, the largest first' }),
  immutableCount: count.meta({ description: 'How many repositories are immutable (mode `enforce`)' }),
  refusals: z
    .object({
      count,
      tagCount: count.meta({ description: 'How many tags they were about' }),
      repositoryCount: count,
      isCapped: z.boolean().meta({ description: 'Whether there are more: the newest 10,000 are counted' }),
    })
    .meta({ description: 'Refused pushes of the last seven days, today included' }),
  reclaimable: z.object({ bytes: count, countedAt: timestamp }).nullable().meta({
    description:
      'The part of the storage that no tag reaches: garbage collection frees it when its time is over. Counted every six hours; null: not yet',
  }),
})
export type FiguresView = z.infer<typeof figures>

export const figuresQuery = z.strictObject({
  days: z.coerce
    .number()
    .int()
    .min(1)
    .max(keptDays)
    .default(30)
    .meta({ description: 'For how many days, today included' }),
})

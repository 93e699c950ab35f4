import { z } from 'zod'
import { digest, timestamp } from './common'

const count = z.number().int().nonnegative()
const difference = z.enum(['same', 'changed', 'added', 'removed'])
export type Difference = z.infer<typeof difference>

/** What is compared: a tag or a digest. */
const compared = z.object({
  digest,
  tag: z.string().nullable(),
  kind: z.string(),
  sizeBytes: count,
  pushedAt: timestamp,
  pushedBy: z.string(),
})

/** A value on both sides. Null: not there. */
const changedText = z.object({
  name: z.string(),
  difference,
  before: z.string().nullable(),
  after: z.string().nullable(),
})
export type ChangedTextView = z.infer<typeof changedText>

const layerSide = z.object({ digest: digest.nullable(), sizeBytes: count }).nullable()

/** How two images of a repository differ. */
export const comparison = z.object({
  before: compared,
  after: compared,
  platforms: z.array(
    z.object({
      platform: z.string(),
      difference,
      before: z.object({ digest, sizeBytes: count.nullable() }).nullable(),
      after: z.object({ digest, sizeBytes: count.nullable() }).nullable(),
    }),
  ),
  platform: z.string().nullable().meta({ description: 'The one that layers and config are compared of' }),
  layers: z
    .array(z.object({ difference, createdBy: z.string().nullable(), before: layerSide, after: layerSide }))
    .meta({ description: 'In order; a layer of both is `same`' }),
  pulledBytes: count.meta({ description: 'What a client that has `before` pulls of `after`' }),
  config: z.array(changedText),
  environment: z.array(changedText),
  labels: z.array(changedText),
  differenceCount: count,
  sameCount: count,
  isTruncated: z.boolean().meta({ description: 'There was more than is compared' }),
})
export type ComparisonView = z.infer<typeof comparison>

const reference = z.string().min(1).max(200)

export const comparisonQuery = z.strictObject({
  before: reference.meta({ description: 'A tag or a digest' }),
  after: reference.meta({ description: 'A tag or a digest' }),
  platform: z.string().max(255).optional().meta({ description: 'Absent: the first that both have' }),
})

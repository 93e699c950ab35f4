import { z } from 'zod'
import { timestamp } from './common'

const count = z.number().int().nonnegative()

/** How much room something takes: bytes of blobs and of manifests. A blob that several have counts once in `sizeBytes`. */
const space = {
  sizeBytes: count.meta({ description: 'Size of all that it has' }),
  exclusiveBytes: count.meta({ description: 'Of it, what nothing else has' }),
  sharedBytes: count.meta({ description: 'Of it, what others have too' }),
}

const counted = {
  countedAt: timestamp.nullable().meta({
    description: 'When it was counted; null before the first count, and all sizes are 0 then',
  }),
  isCounting: z.boolean().meta({ description: 'Whether it is being counted now: ask again for newer numbers' }),
}

/** The room that a repository takes. */
export const repositorySpace = z.object({
  ...space,
  ...counted,
})

/** The room that a tag takes in the whole storage. */
export const tagSpace = z.object({
  ...space,
  ifDeletedBytes: count.meta({
    description:
      'What its deletion frees in the end: what no other tag of any repository reaches. 0 if its namespace keeps untagged manifests for ever',
  }),
  isComplete: z.boolean().meta({
    description: 'False if it reaches, or shares, more than is looked at: sizes are then at least these',
  }),
})
export type TagSpaceView = z.infer<typeof tagSpace>

/** The room that an instance takes, by namespace and repository. */
export const instanceSpace = z.object({
  ...space,
  ...counted,
  namespaces: z
    .array(
      z.object({
        name: z.string(),
        sizeBytes: count.meta({ description: 'Sum of its repositories; a blob that two of them have counts twice' }),
        repositories: z
          .array(z.object({ id: z.string(), name: z.string(), sizeBytes: count, exclusiveBytes: count }))
          .meta({ description: 'The largest first' }),
        otherCount: count.meta({ description: 'How many smaller ones are not listed' }),
        otherBytes: count.meta({ description: 'Sum of those' }),
      }),
    )
    .meta({ description: 'The largest first' }),
  otherBytes: count.meta({ description: 'Sum of the repositories of namespaces that are not listed' }),
})
export type InstanceSpaceView = z.infer<typeof instanceSpace>

export const spaceQuery = z.strictObject({
  fresh: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .meta({ description: 'Counts again, unless that was done in the last ten seconds' }),
})

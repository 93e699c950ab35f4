import { z } from 'zod'
import { timestamp } from './common'

const count = z.number().int().nonnegative()

/** How much room something takes. A blob that several have counts once in `sizeBytes`. */
const space = {
  sizeBytes: count.meta({ description: 'Size of all that it has' }),
  exclusiveBytes: count.meta({ description: 'Of it, what nothing else has: what its deletion frees in the end' }),
  sharedBytes: count.meta({ description: 'Of it, what others have too' }),
}

/** The room that a repository takes. */
export const repositorySpace = z.object({
  ...space,
  reclaimableBytes: count.meta({ description: 'What no tag reaches: garbage collection frees it in the end' }),
  countedAt: timestamp.meta({ description: 'When it was counted; it is counted again when it is asked for later' }),
})
export type RepositorySpaceView = z.infer<typeof repositorySpace>

/** The room that a tag takes in the whole storage. */
export const tagSpace = z.object({
  ...space,
  ifDeletedBytes: count.meta({
    description: 'What its deletion frees in the end: what no other tag of any repository reaches',
  }),
})
export type TagSpaceView = z.infer<typeof tagSpace>

/** The room that an instance takes, by namespace and repository. */
export const instanceSpace = z.object({
  ...space,
  reclaimableBytes: count,
  countedAt: timestamp,
  namespaces: z.array(
    z.object({
      name: z.string(),
      sizeBytes: count.meta({ description: 'Sum of its repositories; a blob that two of them have counts twice' }),
      repositories: z
        .array(z.object({ id: z.string(), name: z.string(), sizeBytes: count, exclusiveBytes: count }))
        .meta({ description: 'The largest first' }),
      otherCount: count.meta({ description: 'How many smaller ones are not listed' }),
      otherBytes: count,
    }),
  ),
})
export type InstanceSpaceView = z.infer<typeof instanceSpace>

import { z } from 'zod'

/** A region and its number of instances. */
const region = z.object({
  id: z.string(),
  group: z.enum(['china', 'asia-pacific', 'europe-americas', 'middle-east']),
  instanceCount: z.number().int().nonnegative(),
})

/** All regions: a fixed, short list, so it is not paged. */
export const regionList = z.object({ items: z.array(region) })

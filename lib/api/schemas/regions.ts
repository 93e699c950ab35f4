import { z } from 'zod'

/** A region and its number of instances. */
const region = z.strictObject({
  id: z.string(),
  group: z.enum(['china', 'asia-pacific', 'europe-americas', 'middle-east']),
  instanceCount: z.number().int().nonnegative(),
})

/** All regions: a fixed, short list, so it is not paged. */
export const regionList = z.strictObject({ items: z.array(region) })

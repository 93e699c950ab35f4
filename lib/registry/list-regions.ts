import { type Region, regions } from '@/lib/domain/regions'
import { countInstancesByRegion } from '@/lib/metadata/instances'
import type { Context } from './context'

/** All regions in the console's order, with the number of instances in each. */
export async function listRegions(ctx: Context): Promise<(Region & { readonly instanceCount: number })[]> {
  const counts = await countInstancesByRegion(ctx.db)
  return regions.map((region) => ({ ...region, instanceCount: counts.get(region.id) ?? 0 }))
}

import type { Principal } from '@/lib/domain/principal'
import { type Region, regions } from '@/lib/domain/regions'
import { countInstancesByRegion } from '@/lib/metadata/instances'
import { authorizeProven, viewerOf } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'

/** Lists all regions in the console's order, with the number of instances in each that a principal may see. */
export async function listRegions(
  ctx: Context,
  principal: Principal,
): Promise<(Region & { readonly instanceCount: number })[]> {
  authorizeProven(principal)
  const counts = await countInstancesByRegion(ctx.db, viewerOf(principal))
  return regions.map((region) => ({ ...region, instanceCount: counts.get(region.id) ?? 0 }))
}

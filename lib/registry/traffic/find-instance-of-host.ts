import { addressedInstance } from '@/lib/domain/instance-host'
import { type InstanceForTraffic, findDefaultInstance, findInstanceByHost } from '@/lib/metadata/instances'
import type { Context } from '@/lib/context'

export type { InstanceForTraffic }

/**
 * Returns the instance that `host` addresses; null when `host` has the form of an instance's and there is none of that
 * name and region.
 */
export async function findInstanceOfHost(ctx: Context, host: string): Promise<InstanceForTraffic | null> {
  const addressed = addressedInstance(host, ctx.config.domain)
  if (addressed === null) return null
  return addressed === 'default' ? findDefaultInstance(ctx.db) : findInstanceByHost(ctx.db, addressed)
}

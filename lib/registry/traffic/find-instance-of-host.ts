import { hasInstanceForm, parseInstanceHost } from '@/lib/domain/instance-host'
import { type InstanceForTraffic, findDefaultInstance, findInstanceByHost } from '@/lib/metadata/instances'
import type { Context } from '@/lib/context'

export type { InstanceForTraffic }

/**
 * Returns the instance that `host` addresses; null when `host` has the form of an instance's and there is none of that
 * name and region.
 */
export async function findInstanceOfHost(ctx: Context, host: string): Promise<InstanceForTraffic | null> {
  const parts = parseInstanceHost(host, ctx.config.domain)
  if (parts !== null) return findInstanceByHost(ctx.db, parts)
  return hasInstanceForm(host, ctx.config.domain) ? null : findDefaultInstance(ctx.db)
}

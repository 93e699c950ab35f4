import { parseInstanceHost } from '@/lib/domain/instance-host'
import { type InstanceForTraffic, findDefaultInstance, findInstanceByHost } from '@/lib/metadata/instances'
import type { Context } from '@/lib/context'

export type { InstanceForTraffic }

/** Returns the instance that `host` addresses; null when `host` names an instance that does not exist. */
export async function findInstanceOfHost(ctx: Context, host: string): Promise<InstanceForTraffic | null> {
  const parts = parseInstanceHost(host, ctx.config.domain)
  return parts === null ? findDefaultInstance(ctx.db) : findInstanceByHost(ctx.db, parts)
}

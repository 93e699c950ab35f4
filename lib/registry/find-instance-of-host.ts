import { parseInstanceHost } from '@/lib/domain/instance-host'
import { findDefaultInstanceId, findInstanceIdByHost } from '@/lib/metadata/traffic'
import type { Context } from './context'

/** Id of the instance that a request to `host` is for; null when `host` is made for an instance that does not exist. */
export async function findInstanceOfHost(ctx: Context, host: string): Promise<string | null> {
  const parts = parseInstanceHost(host, ctx.config.domain)
  return parts === null ? findDefaultInstanceId(ctx.db) : findInstanceIdByHost(ctx.db, parts)
}

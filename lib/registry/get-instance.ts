import type { Principal } from '@/lib/auth/principal'
import type { Context } from './context'
import { type InstanceDetails, describeInstance, requireInstance } from './instance-details'
import type { Versioned } from './versions'

/** An instance, as shown to a principal who reached the server at `requestHost`. Throws NOT_FOUND. */
export async function getInstance(
  ctx: Context,
  principal: Principal,
  id: string,
  requestHost: string,
): Promise<Versioned<InstanceDetails>> {
  return describeInstance(ctx, principal, await requireInstance(ctx.db, id), requestHost)
}

import type { Principal } from '@/lib/domain/principal'
import { authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type InstanceDetails, describeInstance, requireInstance } from './instance-details'
import type { Versioned } from '@/lib/registry/versions'

/** Returns an instance as shown to a principal who reached the server at `requestHost`. Throws NOT_FOUND. */
export async function getInstance(
  ctx: Context,
  principal: Principal,
  id: string,
  requestHost: string,
): Promise<Versioned<InstanceDetails>> {
  await authorize(ctx, principal, 'see', { instanceId: id })
  return describeInstance(ctx, principal, await requireInstance(ctx.db, id), requestHost)
}

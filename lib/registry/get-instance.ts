import type { Context } from './context'
import { type InstanceDetails, describeInstance, requireInstance } from './instance-details'
import type { Versioned } from './versions'

/** An instance, as seen by a reader who reached the server at `requestHost`. Throws NOT_FOUND. */
export async function getInstance(ctx: Context, id: string, requestHost: string): Promise<Versioned<InstanceDetails>> {
  return describeInstance(ctx, await requireInstance(ctx.db, id), requestHost)
}

import type { Principal } from '@/lib/domain/principal'
import { authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'

/** Throws NOT_FOUND for an instance that does not exist or that the principal may not see. */
export async function assertInstanceVisible(ctx: Context, principal: Principal, id: string): Promise<void> {
  await authorize(ctx, principal, 'see', { instanceId: id })
}

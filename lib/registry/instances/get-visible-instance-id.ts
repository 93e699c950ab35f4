import type { Principal } from '@/lib/domain/principal'
import type { InstanceHostParts } from '@/lib/domain/instance-host'
import { AppError } from '@/lib/domain/errors'
import { isInstanceName } from '@/lib/domain/reference'
import { findInstanceByHost } from '@/lib/metadata/instances'
import { authorize, authorizeProven } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'

/**
 * Returns the id of a region's instance by its name. Throws NOT_FOUND for one that does not exist or that the principal
 * may not see.
 */
export async function getVisibleInstanceId(
  ctx: Context,
  principal: Principal,
  named: InstanceHostParts,
): Promise<string> {
  authorizeProven(principal)
  const found = isInstanceName(named.name) ? await findInstanceByHost(ctx.db, named) : null
  if (found === null) throw new AppError('NOT_FOUND')
  await authorize(ctx, principal, 'see', { instanceId: found.id })
  return found.id
}

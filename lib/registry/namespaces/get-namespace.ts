import type { Principal } from '@/lib/domain/principal'
import { authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type NamespaceDetails, describeNamespace, requireNamespace } from './namespace-details'
import type { Versioned } from '@/lib/registry/versions'

/** Returns a namespace as shown to a principal. Throws NOT_FOUND. */
export async function getNamespace(
  ctx: Context,
  principal: Principal,
  id: string,
): Promise<Versioned<NamespaceDetails>> {
  await authorize(ctx, principal, 'see', { namespaceId: id })
  return describeNamespace(ctx.db, principal, await requireNamespace(ctx.db, id))
}

import type { Principal } from '@/lib/auth/principal'
import type { Context } from './context'
import { type NamespaceDetails, describeNamespace, requireNamespace } from './namespace-details'
import type { Versioned } from './versions'

/** A namespace, as shown to a principal. Throws NOT_FOUND. */
export async function getNamespace(
  ctx: Context,
  principal: Principal,
  id: string,
): Promise<Versioned<NamespaceDetails>> {
  return describeNamespace(ctx.db, principal, await requireNamespace(ctx.db, id))
}

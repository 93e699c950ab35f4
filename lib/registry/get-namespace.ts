import type { Context } from './context'
import { type NamespaceDetails, describeNamespace, requireNamespace } from './namespace-details'
import type { Versioned } from './versions'

/** A namespace. Throws NOT_FOUND. */
export async function getNamespace(ctx: Context, id: string): Promise<Versioned<NamespaceDetails>> {
  return describeNamespace(ctx.db, await requireNamespace(ctx.db, id))
}

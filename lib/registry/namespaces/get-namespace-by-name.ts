import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { findNamespaceByName } from '@/lib/metadata/namespaces'
import { authorizeProven } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { getNamespace } from './get-namespace'
import type { NamespaceDetails } from './namespace-details'
import type { Versioned } from '@/lib/registry/versions'

/** Returns an instance's namespace by its name, as shown to a principal. Throws NOT_FOUND. */
export async function getNamespaceByName(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  name: string,
): Promise<Versioned<NamespaceDetails>> {
  authorizeProven(principal)
  const found = await findNamespaceByName(ctx.db, instanceId, name)
  if (found === null) throw new AppError('NOT_FOUND')
  return getNamespace(ctx, principal, found.id)
}

import type { Principal } from '@/lib/domain/principal'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import type { Context } from '@/lib/context'
import { type GrantDetails, authorizeGrantScope } from './grant-details'
import { type NewGrant, addGrant } from './new-grant'
import type { Versioned } from '@/lib/registry/versions'

/**
 * Grants a user or a robot a permission on an instance, a namespace or a repository. The principal must manage it.
 *
 * Throws NOT_FOUND and DENIED for the scope, BAD_REQUEST for a subject that does not exist or a robot of another
 * instance, and ALREADY_EXISTS when the subject has a grant on exactly that scope.
 */
export async function createGrant(
  ctx: Context,
  principal: Principal,
  grant: NewGrant,
): Promise<Versioned<GrantDetails>> {
  await authorizeGrantScope(ctx, principal, grant.scopeId)
  return ctx.db.transaction(async (tx) => {
    const { made, event } = await addGrant(tx, principal, grant)
    await insertAuditEvent(tx, principal, event)
    return made
  })
}

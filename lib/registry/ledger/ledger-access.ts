import type { Principal } from '@/lib/domain/principal'
import type { LedgerScope } from '@/lib/metadata/ledger-listing'
import { type Authorizing, authorize } from '@/lib/registry/authorize'

/**
 * Throws as `authorize` does unless the principal may read the ledger of `scope`: whoever may push to a repository
 * reads the repository's, whoever manages an instance reads the instance's. It names people and their addresses, which
 * is not for everybody who may pull.
 */
export async function authorizeLedger(ctx: Authorizing, principal: Principal, scope: LedgerScope): Promise<void> {
  await authorize(ctx, principal, scope.repositoryId === undefined ? 'manage' : 'push', scope)
}

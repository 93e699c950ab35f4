import type { Principal } from '@/lib/domain/principal'
import type { RepositoryForTraffic } from '@/lib/metadata/repositories'

/** The part of a ledger entry that says where it happened and at whose hand. */
export function eventOrigin(
  principal: Principal,
  repository: Pick<RepositoryForTraffic, 'id' | 'instanceId' | 'path'>,
) {
  return {
    instanceId: repository.instanceId,
    repositoryId: repository.id,
    repositoryPath: repository.path,
    actor: principal.name,
    credential: principal.credential,
    address: principal.address,
    userAgent: principal.userAgent,
  }
}

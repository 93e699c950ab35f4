import type { Principal } from '@/lib/domain/principal'
import { rankAllows } from '@/lib/domain/access'
import type { GrantedAccess } from '@/lib/domain/token-scope'
import type { RepositoryForCaller } from '@/lib/metadata/repositories'

/** What the rule of pulls reads of a principal. */
type Puller = Pick<Principal, 'kind' | 'role' | 'token'>

/** What it reads of a repository. */
type PullableRepository = Omit<RepositoryForCaller, 'instanceId'>

/** Returns whether a principal may pull from a repository by its current grants. */
export function mayPull(
  { kind, role }: Pick<Puller, 'kind' | 'role'>,
  repository: Pick<PullableRepository, 'rank' | 'isPublic' | 'allowAnonymousPull'>,
): boolean {
  if (role === 'ADMINISTRATOR' || rankAllows(repository.rank, 'pull')) return true
  return repository.isPublic && (kind !== 'anonymous' || repository.allowAnonymousPull)
}

/**
 * Returns whether a principal may pull from a repository: by its current grants, or by a token that was issued for it.
 */
export function isPullAllowed(principal: Puller, repository: PullableRepository): boolean {
  const { token } = principal
  if (token !== null && token.repositories.get(repository.path)?.has('pull') !== true) return false
  return mayPull(principal, repository) || isTrusted(token, repository)
}

/** Whether a token that allows a pull by path was issued for this repository, or for its namespace without one. */
function isTrusted(token: GrantedAccess | null, { id, namespaceId, path }: PullableRepository): boolean {
  const boundTo = token?.boundTo.get(path)
  return boundTo !== undefined && (boundTo === id || boundTo === namespaceId)
}
